// Filters, steps from statement to statement, and the details of a statement under the pointer or in focus.
// Nothing here turns text into markup: parts of the page are shown, hidden, marked and copied.
"use strict";

(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);

  const cards = all("[data-statement]");
  if (!cards.length) return;

  const MARKS = { support: "▲", oppose: "▼", neutral: "●", unclear: "?", off: "○", said: "" };
  const LABELS = Object.keys(MARKS);
  const PARTS = ["content", "cue", "source", "via"];
  const text = one(".reader .text p") ? one(".reader .text") : null;
  const inArticle = Boolean(one(".reader"));
  const pieces = text ? all("span.piece", text).filter((piece) => PARTS.some((part) => part in piece.dataset)) : [];
  const pins = new Map(text ? all("[data-pin]", text).map((pin) => [pin.dataset.pin, pin]) : []);
  const again = text ? all("[data-again]", text) : [];
  const numbersOf = (piece, part) => (part in piece.dataset ? piece.dataset[part].split(" ") : []);

  const filters = one("[data-filters]");
  const controls = Object.fromEntries(all("[data-filter]").map((control) => [control.dataset.filter, control]));
  const firstTarget = controls.target ? Number(controls.target.value) : null;
  let visible = new Set(cards.map((card) => card.dataset.statement));
  let current = null;

  // The stance towards the chosen target; without a choice of targets, the only stance there is.
  function stanceOf(card) {
    const labels = card.dataset.stance.split(" ").filter(Boolean);
    const label = controls.target ? labels[Number(controls.target.value)] : labels.find((found) => found !== "-");
    return label && label !== "-" ? label : "said";
  }

  // Whether the stance towards that target is doubtful.
  function isPale(card) {
    const labels = card.dataset.stance.split(" ");
    const at = controls.target ? Number(controls.target.value) : labels.findIndex((found) => found !== "-");
    return (card.dataset.pale || "").split(" ")[at] === "1";
  }

  // Whether the date of its article lets it through: null if that cannot be told.
  const inPeriod = (card) => !controls.from || onrecord.inPeriod(card.dataset.day, controls.from.value, controls.to.value);

  function matches(card) {
    const { speaker, stance, form, act, confidence, outlet } = controls;
    const least = Number(confidence.value);
    return (
      (!speaker || !speaker.value || card.dataset.speakers.split(" ").includes(speaker.value)) &&
      (!stance || !stance.value || stanceOf(card) === stance.value) &&
      (!form.value || card.dataset.form === form.value) &&
      (!act.value || card.dataset.act === act.value) &&
      (!outlet || !outlet.value || card.dataset.outlet === outlet.value) &&
      (least === 0 || Number(card.dataset.confidence || 0) >= least)
    );
  }

  function tone(element, label, pale) {
    element.classList.remove(...LABELS);
    element.classList.add(label);
    element.classList.toggle("pale", pale);
  }

  function filter() {
    const fitting = cards.filter(matches);
    const shown = fitting.filter(inPeriod);
    const undated = fitting.filter((card) => inPeriod(card) === null).length;
    visible = new Set(shown.map((card) => card.dataset.statement));
    const labels = new Map(cards.map((card) => [card.dataset.statement, stanceOf(card)]));
    for (const card of cards) {
      card.hidden = !shown.includes(card);
      if (controls.target) tone(card, stanceOf(card), isPale(card));
    }
    for (const [number, pin] of pins) {
      pin.hidden = !visible.has(number);
      tone(pin, labels.get(number), false);
      one(".sign", pin).textContent = MARKS[labels.get(number)];
    }
    for (const mark of again) mark.hidden = !visible.has(mark.dataset.again);
    for (const piece of pieces) {
      const covering = numbersOf(piece, "content").filter((number) => visible.has(number));
      for (const part of PARTS) {
        piece.classList.toggle(part, numbersOf(piece, part).some((number) => visible.has(number)));
      }
      piece.classList.remove(...LABELS);
      if (covering.length) piece.classList.add(labels.get(covering[0]));
      piece.classList.toggle("pale", covering.length > 0 && isPale(cardOf.get(covering[0])));
      piece.classList.toggle("nested", covering.length > 1);
    }
    for (const section of all(".of-speaker")) section.hidden = !one("[data-statement]:not([hidden])", section);
    const least = Number(controls.confidence.value);
    controls.confidence.nextElementSibling.textContent = least ? `≥ ${least.toFixed(2)}` : "any";
    const howMany = shown.length === cards.length ? `all ${cards.length} shown` : `${shown.length} of ${cards.length} shown`;
    one("[data-shown]").textContent = [howMany, onrecord.saidUndated(undated)].filter(Boolean).join(", ");
    one("[data-reset]").hidden = shown.length === cards.length;
    if (current && !visible.has(current)) point(null);
    showPosition();
  }

  // ---- Stepping from statement to statement ----
  const order = cards.map((card) => card.dataset.statement);
  const cardOf = new Map(cards.map((card) => [card.dataset.statement, card]));
  const position = one("[data-position]");

  function showPosition() {
    if (!position) return;
    const shown = order.filter((number) => visible.has(number));
    const at = shown.indexOf(current);
    position.textContent = at < 0 ? `${shown.length} statement${shown.length === 1 ? "" : "s"}` : `${at + 1} of ${shown.length}`;
  }

  function step(by) {
    const shown = order.filter((number) => visible.has(number));
    if (!shown.length) return;
    const at = shown.indexOf(current);
    const next = at < 0 ? (by > 0 ? 0 : shown.length - 1) : (at + by + shown.length) % shown.length;
    go(shown[next]);
  }

  function go(number) {
    const place = pins.get(number) || cardOf.get(number);
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
    point(number);
  }

  // Marks everything that belongs to a statement.
  function point(number) {
    current = number;
    for (const piece of pieces) {
      piece.classList.toggle("on", number !== null && PARTS.some((part) => numbersOf(piece, part).includes(number)));
    }
    for (const [of, pin] of pins) pin.classList.toggle("on", of === number);
    for (const card of cards) card.classList.toggle("on", card.dataset.statement === number);
    const list = one(".side");
    if (number !== null && list && list.scrollHeight > list.clientHeight) {
      const card = cardOf.get(number);
      list.scrollTop += card.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
    }
    showPosition();
  }

  // ---- Details of the statement under the pointer or in focus ----
  const popover = one("[data-popover]");
  let closing = 0;

  function open(numbers, place) {
    clearTimeout(closing);
    popover.replaceChildren(
      ...numbers.map((number) => {
        const copy = one(".inner", cardOf.get(number)).cloneNode(true);
        copy.removeAttribute("id");
        return copy;
      })
    );
    popover.hidden = false;
    // Below the whole statement, so that its words stay visible; above it, or at the pointer, if there is no room.
    const boxes = all(".piece.on", text).map((piece) => piece.getBoundingClientRect());
    const at = place.getBoundingClientRect();
    const top = Math.min(at.top, ...boxes.map((box) => box.top));
    const bottom = Math.max(at.bottom, ...boxes.map((box) => box.bottom));
    const { offsetWidth: width, offsetHeight: height } = popover;
    let y = at.bottom + 6;
    if (bottom + height + 12 < window.innerHeight) y = bottom + 6;
    else if (top - height - 12 > 0) y = top - height - 6;
    popover.style.top = `${window.scrollY + y}px`;
    const x = Math.min(at.left, document.documentElement.clientWidth - width - 8);
    popover.style.left = `${window.scrollX + Math.max(8, x)}px`;
  }

  function close() {
    clearTimeout(closing);
    closing = setTimeout(() => {
      popover.hidden = true;
    }, 200);
  }

  if (text) {
    for (const [number, pin] of pins) {
      pin.addEventListener("focus", () => {
        point(number);
        open([number], pin);
      });
      pin.addEventListener("blur", close);
    }
    text.addEventListener("pointerover", (event) => {
      const piece = event.target.closest("span.piece, [data-pin]");
      const numbers = piece
        ? [piece.dataset.pin, ...PARTS.flatMap((part) => numbersOf(piece, part))].filter((number) => visible.has(number))
        : [];
      if (numbers.length && event.pointerType !== "touch") {
        point(numbers[0]);
        open([...new Set(numbers)], piece.getClientRects().length ? piece : text);
      } else if (!popover.contains(event.target)) close();
    });
    text.addEventListener("click", (event) => {
      const pin = event.target.closest("[data-pin]");
      const piece = event.target.closest("span.piece");
      const number = pin ? pin.dataset.pin : piece && PARTS.flatMap((part) => numbersOf(piece, part)).find((found) => visible.has(found));
      if (!number) return;
      event.preventDefault();
      go(number);
    });
    text.addEventListener("pointerleave", close);
    popover.addEventListener("pointerover", () => clearTimeout(closing));
    popover.addEventListener("pointerleave", close);
  }
  if (inArticle) {
    for (const card of cards) {
      one(".number", card).addEventListener("click", (event) => {
        event.preventDefault();
        go(card.dataset.statement);
      });
    }
    one("[data-steps]").hidden = false;
    for (const button of all("[data-step]")) button.addEventListener("click", () => step(Number(button.dataset.step)));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && popover) popover.hidden = true;
      const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !one("[data-keys]").checked) return;
      if (event.key === "n") step(1);
      if (event.key === "p") step(-1);
    });
    const open = () => {
      const number = /^#s(\d+)$/.exec(location.hash);
      if (number && cardOf.has(number[1])) go(number[1]);
    };
    window.addEventListener("hashchange", open);
    open();
  }

  if (filters) {
    filters.hidden = false;
    if (controls.outlet) {
      const outlets = [...new Set(cards.map((card) => card.dataset.outlet).filter(Boolean))].sort();
      controls.outlet.append(...outlets.map((outlet) => new Option(outlet, outlet)));
      controls.outlet.closest("label").hidden = outlets.length < 2;
      for (const name of ["from", "to"]) controls[name].closest("label").hidden = !cards.some((card) => card.dataset.day);
    }
    if (window.matchMedia("(max-width: 48rem)").matches) filters.open = false;
    for (const control of Object.values(controls)) control.addEventListener("input", filter);
    one("[data-reset]").addEventListener("click", () => {
      for (const [name, control] of Object.entries(controls)) {
        if (name === "target") continue;
        control.value = name === "confidence" ? "0" : "";
      }
      filter();
    });
    filter();
  }
})();

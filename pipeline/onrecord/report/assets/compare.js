// Two to four speakers side by side: their stances by target and over time, and their statements in columns.
"use strict";

(async () => {
  const { bar, bdi, begin, count, element, fits, item, several, speakerLink, wordsOf } = onrecord.collection;
  const one = (selector) => document.querySelector(selector);
  const MOST = 4;
  const AT_ONCE = 10;
  const PROPOSED = 20;
  const MOST_MONTHS = 18;

  const begun = await begin("[data-compare]");
  if (!begun) return;
  const { collection, status, controls } = begun;
  const { speakers, counts } = collection;

  // Speakers with a page come first, most statements first. Of several with one name, the others add their roles.
  const called = new Map();
  speakers.forEach(([name, role, page], number) => {
    if (!page || !counts[number]) return;
    const names = [name, `${name}, ${role || page}`, `${name}, ${page}`];
    called.set(names.find((free) => !called.has(free)), number);
  });
  const names = [...called.keys()];
  const nameOf = new Map([...called].map(([name, number]) => [number, name]));

  // ---- Who is compared is kept in the address ----
  let chosen = [];
  function read() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const given = (asked.get("s") || "").split(",").map(Number).filter((number) => nameOf.has(number));
    chosen = [...new Set(asked.has("s") ? given : [...nameOf.keys()].slice(0, 2))].slice(0, MOST);
    for (const [name, control] of Object.entries(controls)) control.value = asked.get(name) || "";
  }

  function changed() {
    const asked = new URLSearchParams({ s: chosen.join(",") });
    for (const [name, control] of Object.entries(controls)) if (control.value) asked.set(name, control.value);
    history.replaceState(null, "", `#${asked}`);
    show();
  }

  // ---- Choosing ----
  const field = one("[data-add]");
  function propose() {
    const wanted = wordsOf(field.value);
    const fitting = [];
    for (const name of names) {
      if (fitting.length === PROPOSED) break;
      const words = wordsOf(name);
      if (!chosen.includes(called.get(name)) && wanted.every((word) => words.some((found) => fits(found, word)))) fitting.push(name);
    }
    one("#names").replaceChildren(...fitting.map((name) => new Option(several(counts[called.get(name)], "statement"), name)));
    return fitting;
  }

  function add() {
    const [first] = propose();
    const number = called.get(field.value.trim()) ?? (field.value.trim() ? called.get(first) : undefined);
    if (number === undefined || chosen.includes(number)) {
      status.textContent = number === undefined ? "No speaker has that name." : "Already shown.";
      return;
    }
    chosen.push(number);
    field.value = "";
    changed();
  }

  function chips() {
    one("[data-chosen]").replaceChildren(
      ...chosen.map((number) => {
        const button = element("button", "", bdi(nameOf.get(number)), element("span", "vh", " is shown; remove"), " ×");
        button.type = "button";
        button.addEventListener("click", () => {
          chosen = chosen.filter((other) => other !== number);
          changed();
          field.focus();
        });
        return element("li", "", button);
      })
    );
    const full = chosen.length >= MOST;
    field.disabled = full;
    one("[data-add-button]").disabled = full;
    const people = chosen.length ? `${several(chosen.length, "speaker")} shown` : "No speaker is chosen";
    status.textContent = `${people}${full ? ", the most there can be" : "; add up to four"}.`;
  }

  // ---- What is shown ----
  let turn = 0;
  async function show() {
    const mine = ++turn;
    chips();
    propose();
    const said = new Map(chosen.map((number) => [number, []]));
    for (let id = 0; id < collection.size; id++) {
      if (collection.counted(id)) for (const number of collection.saidBy[id]) if (said.has(number)) said.get(number).push(id);
    }
    one("[data-stances]").replaceChildren(...collection.targets.flatMap((_, target) => stances(said, target)));
    const target = controls.target && controls.target.value ? Number(controls.target.value) : null;
    const stance = controls.stance ? controls.stance.value : "";
    const targets = target === null ? [...collection.targets.keys()] : [target];
    const columns = await Promise.all(
      chosen.map((number) => {
        const ids = said.get(number).filter((id) =>
          target === null && !stance ? true : targets.some((one) => matches(collection.stance(id, one), stance))
        );
        return column(number, ids, target);
      })
    );
    if (mine === turn) one("[data-columns]").replaceChildren(...columns);
  }

  const matches = (found, stance) => found && (!stance || found.label === stance);

  // The stances on a target: of each speaker in all, and by month or year.
  function stances(said, target) {
    const name = collection.targets[target];
    const judged = new Map([...said].map(([number, ids]) => [number, ids.filter((id) => collection.stance(id, target))]));
    if (![...judged.values()].some((ids) => ids.length)) return [];
    const rows = [...judged].map(([number, ids]) => row(nameOf.get(number), [bar(count(collection, ids, target), `${nameOf.get(number)} on ${name}`)], ids.length));
    const made = [element("h3", "", bdi(name)), element("table", "chart", element("tbody", "", ...rows))];
    const time = overTime(judged, target);
    return time ? [...made, time] : made;
  }

  function row(name, cells, number) {
    const head = element("th", "", bdi(name));
    head.scope = "row";
    return element("tr", "", head, ...cells.map((cell) => element("td", "wide", cell)), element("td", "figure", String(number)));
  }

  function overTime(judged, target) {
    const days = (ids) => ids.filter((id) => collection.article(id).day).map((id) => [collection.article(id).day, id]);
    const dated = new Map([...judged].map(([number, ids]) => [number, days(ids)]));
    const all = [...dated.values()].flat().map(([day]) => day);
    const months = new Set(all.map((day) => day.slice(0, 7)));
    const size = months.size > MOST_MONTHS || all.some((day) => day.length < 7) ? 4 : 7;
    const periods = [...new Set(all.map((day) => day.slice(0, size)))].sort();
    if (periods.length < 2) return null;
    const head = element("tr", "", element("th", "", size === 4 ? "Year" : "Month"), ...[...dated.keys()].map((number) => element("th", "", bdi(nameOf.get(number)))));
    for (const cell of head.cells) cell.scope = "col";
    const rows = periods.map((period) => {
      const name = element("th", "day", period);
      name.scope = "row";
      const cells = [...dated].map(([number, found]) => {
        const ids = found.filter(([day]) => day.startsWith(period)).map(([, id]) => id);
        if (!ids.length) return element("td", "muted", "–");
        return element("td", "", bar(count(collection, ids, target), `${nameOf.get(number)}, ${period}`), element("small", "", String(ids.length)));
      });
      return element("tr", "", name, ...cells);
    });
    const table = element("table", "over-time-table", element("thead", "", head), element("tbody", "", ...rows));
    const made = element("details", "", element("summary", "", `Over time, ${periods[0]} to ${periods[periods.length - 1]}`), table);
    made.open = periods.length <= MOST_MONTHS;
    return made;
  }

  async function column(number, ids, target) {
    const list = element("ol", "quotes");
    const button = element("button", "", "");
    button.type = "button";
    const more = async (focus) => {
      const records = await collection.recordsOf(ids.slice(list.children.length, list.children.length + AT_ONCE));
      const items = records.map((record) => item(collection, record, [], target, collection.saidBy[record.id].length > 1));
      list.append(...items);
      const left = ids.length - list.children.length;
      button.hidden = !left;
      button.textContent = `Show ${Math.min(left, AT_ONCE)} more of ${left.toLocaleString("en")}`;
      if (focus && items.length) items[0].focus();
    };
    button.addEventListener("click", () => more(true));
    await more(false);
    const [, role] = speakers[number];
    const made = element("section", "column", element("h3", "", speakerLink(speakers[number])));
    if (role) made.append(element("p", "role", bdi(role)));
    made.append(element("p", "note", several(ids.length, "statement")), list, button);
    return made;
  }

  const run = () => show().catch((error) => {
    status.textContent = error.message;
  });

  field.addEventListener("input", propose);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") add();
  });
  one("[data-add-button]").addEventListener("click", add);
  for (const control of Object.values(controls)) control.addEventListener("input", changed);
  window.addEventListener("hashchange", () => {
    read();
    run();
  });
  read();
  run();
})();

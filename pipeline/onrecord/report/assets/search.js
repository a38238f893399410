// The search: words, names and titles, and filters over all statements. What is asked is kept in the address.
"use strict";

(async () => {
  const { bar, bdi, begin, count, element, fits, item, several, wordsOf } = onrecord.collection;
  const one = (selector) => document.querySelector(selector);
  const AT_ONCE = 50;
  const MOST_FACETS = 8;

  const begun = await begin("[data-search]");
  if (!begun) return;
  const { collection, status, controls } = begun;
  controls.outlet.append(...collection.outlets.map((outlet, number) => [outlet, number]).sort(([a], [b]) => a.localeCompare(b)).map(([outlet, number]) => new Option(outlet, number)));
  controls.outlet.closest("label").hidden = collection.outlets.length < 2;
  // What no statement has, as labels of others may lack it, is no filter.
  controls.act.closest("label").hidden = !/[^-]/.test(collection.acts);
  controls.confidence.closest("label").hidden = !/[^-]/.test(collection.sure);

  // ---- What is asked ----
  const NONE = { range: "0" }; // what a control says that asks for nothing, where that is not an empty text
  const none = (control) => NONE[control.type] || "";
  const value = (name) => (controls[name] && controls[name].value !== none(controls[name]) ? controls[name].value.trim() : "");

  function put(control, text) {
    control.value = text || none(control);
    if (control.matches("select") && control.selectedIndex < 0) control.value = "";
    show(control);
  }

  // What stands beside a slider.
  function show(control) {
    if (control.type === "range") control.nextElementSibling.textContent = Number(control.value) ? `≥ ${Number(control.value).toFixed(2)}` : "any";
  }

  function read() {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const [name, control] of Object.entries(controls)) put(control, asked.get(name));
  }

  function write() {
    const asked = new URLSearchParams();
    for (const name of Object.keys(controls)) if (value(name)) asked.set(name, value(name));
    history.replaceState(null, "", `#${asked}`);
  }

  // Those whose names have all these words; if somebody's name is just that, only they.
  function speakersCalled(name) {
    const whole = collection.speakers.map(([called]) => called === name);
    if (whole.includes(true)) return whole;
    const wanted = wordsOf(name);
    return collection.speakers.map(([called]) => {
      const words = wordsOf(called);
      return wanted.every((one) => words.some((word) => fits(word, one)));
    });
  }

  // Those that fit all filters, or may: those of whose article the date does not tell whether it is in the period.
  function filtered(ids) {
    const speakers = value("speaker") ? speakersCalled(value("speaker")) : null;
    const targets = value("target") ? [Number(value("target"))] : [...collection.targets.keys()];
    const [stance, sure, form, act, outlet] = ["stance", "sure", "form", "act", "outlet"].map(value);
    const least = Math.round(20 * Number(value("confidence")));
    return ids.filter((id) => {
      const [, , itsOutlet] = collection.articles[collection.articleOf[id]];
      return (
        (!speakers || collection.saidBy[id].some((one) => speakers[one])) &&
        (!form || collection.forms[id] === form) &&
        (!act || collection.acts[id] === act) &&
        collection.isSure(id, least) &&
        (!outlet || itsOutlet === Number(outlet)) &&
        collection.inPeriod(id, value("from"), value("to")) !== false &&
        ((!value("target") && !stance && !sure) ||
          targets.some((target) => {
            const found = collection.stance(id, target);
            return found && (!stance || found.label === stance) && (!sure || !found.pale);
          }))
      );
    });
  }

  // ---- What is shown ----
  let shown = { ids: [], words: [] };
  let asked = 0;

  async function ask() {
    const turn = ++asked;
    const { ids: found, words } = await collection.find(value("q"), filtered);
    if (turn !== asked) return; // something else was asked meanwhile
    const ids = found.filter((id) => collection.inPeriod(id, value("from"), value("to")));
    if (value("order") === "oldest") ids.sort((a, b) => oldestFirst(a, b));
    shown = { ids, words };
    status.textContent = ids.length ? several(ids.length, "statement") : "No statement matches.";
    one("[data-reset]").hidden = Object.keys(controls).every((name) => !value(name));
    one("[data-csv]").disabled = !ids.length;
    summarise(ids, found.length - ids.length);
    one("[data-results]").replaceChildren();
    await more(turn);
  }

  // Dates that are not known stay last; within an article, the order of its text.
  function oldestFirst(a, b) {
    const [one, other] = [a, b].map((id) => collection.articleOf[id]);
    const [first, second] = [one, other].map((article) => (collection.articles[article][4] ? collection.articles[article][3] : "~"));
    return first < second ? -1 : first > second ? 1 : one - other || a - b;
  }

  async function more(turn = asked, focus = false) {
    const list = one("[data-results]");
    const next = shown.ids.slice(list.children.length, list.children.length + AT_ONCE);
    const records = await collection.recordsOf(next);
    if (turn !== asked) return;
    const target = value("target") ? Number(value("target")) : null;
    const items = records.map((record) => item(collection, record, shown.words, target));
    list.append(...items);
    const left = shown.ids.length - list.children.length;
    one("[data-more]").hidden = !left;
    one("[data-more]").textContent = `Show ${Math.min(left, AT_ONCE)} more of ${left.toLocaleString("en")}`;
    if (focus && items.length) items[0].focus();
  }

  // Who says it, where, from when to when, and the stances.
  function summarise(ids, undated = 0) {
    const speakers = new Map();
    const outlets = new Map();
    const add = (counts, key) => counts.set(key, (counts.get(key) || 0) + 1);
    let first = "";
    let last = "";
    for (const id of ids) {
      for (const speaker of collection.saidBy[id]) add(speakers, speaker);
      const [, , outlet, date, isDay] = collection.articles[collection.articleOf[id]];
      if (outlet >= 0) add(outlets, outlet);
      if (isDay && (!first || date < first)) first = date;
      if (isDay && date > last) last = date;
    }
    const dates = first ? (first === last ? `, ${first}` : `, ${first} to ${last}`) : "";
    const places = outlets.size ? ` in ${several(outlets.size, "outlet")}` : "";
    const said = [ids.length && `By ${several(speakers.size, "speaker")}${places}${dates}.`, undated && `${onrecord.saidUndated(undated)}.`];
    one("[data-summary]").textContent = said.filter(Boolean).join(" ");
    const targets = value("target") ? [Number(value("target"))] : [...collection.targets.keys()].slice(0, 3);
    one("[data-bars]").replaceChildren(
      ...targets.flatMap((target) => {
        const counts = count(collection, ids, target);
        if (![...counts.values()].some(Boolean)) return [];
        return [element("p", "note", "Stances on ", bdi(collection.targets[target])), bar(counts, `Stances on ${collection.targets[target]}`)];
      })
    );
    facet("speaker", [...speakers].map(([speaker, number]) => [collection.speakers[speaker][0], collection.speakers[speaker][0], number]));
    facet("outlet", [...outlets].map(([outlet, number]) => [collection.outlets[outlet], String(outlet), number]));
  }

  // The most frequent speakers or outlets, as buttons that narrow the search to one.
  function facet(name, counts) {
    const box = one(`[data-facet=${name}]`);
    box.hidden = counts.length < 2;
    const most = counts.sort(([, , a], [, , b]) => b - a).slice(0, MOST_FACETS);
    const items = most.map(([text, chosen, number]) => {
      const button = element("button", "", bdi(text), " ", element("small", "", number.toLocaleString("en")));
      button.type = "button";
      button.addEventListener("click", () => {
        controls[name].value = chosen;
        controls[name].focus();
        changed();
      });
      return element("li", "", button);
    });
    box.querySelector("ul").replaceChildren(...items);
  }

  function changed() {
    write();
    run();
  }

  const run = () => ask().catch((error) => {
    shown = { ids: [], words: [] };
    summarise([]);
    one("[data-results]").replaceChildren();
    one("[data-more]").hidden = one("[data-csv]").disabled = true;
    status.textContent = error.message;
  });

  // ---- Controls ----
  let typing = 0;
  for (const control of Object.values(controls)) {
    control.addEventListener("input", () => {
      show(control);
      clearTimeout(typing);
      typing = setTimeout(changed, ["search", "range"].includes(control.type) ? 200 : 0);
    });
  }
  one("[data-more]").addEventListener("click", () => more(asked, true));
  one("[data-reset]").addEventListener("click", () => {
    for (const control of Object.values(controls)) put(control, "");
    controls.q.focus();
    changed();
  });
  one("[data-csv]").addEventListener("click", async () => {
    const said = status.textContent;
    status.textContent = "loading …";
    const records = await collection.recordsOf(shown.ids);
    status.textContent = said;
    onrecord.saveCsv(onrecord.statementLines(records.map((record) => collection.facts(record))), value("q") || "statements");
  });
  window.addEventListener("hashchange", () => {
    read();
    run();
  });
  if (window.matchMedia("(max-width: 48rem)").matches) one("[data-more-filters]").open = false;
  read();
  run();
})();

// Tables that sort and narrow, CSV of what is shown, and citations to copy. Nothing here turns text into markup.
"use strict";

(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const words = (element) => (element ? element.textContent.replace(/\s+/g, " ").trim() : "");

  // ---- Tables ----
  // A row is a line, or where a speaker has several lines, all of them: then each has a tbody of its own.
  const rowsOf = (table) => (table.tBodies.length > 1 || table.matches(".speakers-table") ? [...table.tBodies] : [...table.tBodies[0].rows]);
  const cellsOf = (row) => [...(row.cells ? row : row.rows[0]).cells];

  // What a cell says: the name at the head of a row, a figure as a number and without its share; null if nothing.
  function valueOf(cell) {
    const text = words(cell && cell.matches("th") ? one("bdi", cell) || cell : cell);
    if (!text || text === "–") return null;
    const number = cell.matches(".figure") ? parseFloat(text.replace(/,/g, "").replace("−", "-")) : NaN;
    return Number.isNaN(number) ? text : number;
  }

  function sort(table, column, button) {
    const up = button.dataset.sorted === "down" || (!button.dataset.sorted && !button.closest("th").matches(".figure"));
    for (const other of all("[data-sorted]", table)) {
      delete other.dataset.sorted;
      other.closest("th").removeAttribute("aria-sort");
    }
    button.dataset.sorted = up ? "up" : "down";
    button.closest("th").setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = rowsOf(table).map((row) => [row, valueOf(cellsOf(row)[column])]);
    rows.sort(([, a], [, b]) => {
      if (a === null || b === null) return (a === null) - (b === null); // what is missing stays last
      const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
      return up ? order : -order;
    });
    rows[0][0].parentNode.append(...rows.map(([row]) => row));
  }

  for (const table of all("[data-table]")) {
    if (!table.tBodies.length || rowsOf(table).length < 2) continue;
    all("thead th", table).forEach((head, column) => {
      if (head.matches(".wide")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, column, button));
    });
  }

  const narrowing = one("[data-table-filters]");
  const table = one("[data-table]");
  if (narrowing && table) {
    const rows = rowsOf(table);
    const controls = Object.fromEntries(all("[data-narrow]", narrowing).map((control) => [control.dataset.narrow, control]));
    const data = (row, name) => (row.dataset[name] || "").trim();
    for (const label of all("[data-only]", narrowing)) label.hidden = !rows.some((row) => data(row, label.dataset.only));
    const outlets = [...new Set(rows.map((row) => data(row, "outlet")).filter(Boolean))].sort();
    controls.outlet.append(...outlets.map((outlet) => new Option(outlet, outlet)));

    function narrow() {
      const wanted = controls.words.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      let undated = 0;
      for (const row of rows) {
        const text = row.textContent.toLocaleLowerCase();
        const fits =
          wanted.every((word) => text.includes(word)) &&
          (!controls.outlet.value || data(row, "outlet") === controls.outlet.value) &&
          (!controls.targets || !controls.targets.value || data(row, "targets").split(" ").includes(controls.targets.value));
        const dated = onrecord.inPeriod(data(row, "day"), controls.from.value, controls.to.value);
        row.hidden = !(fits && dated);
        if (fits && dated === null) undated += 1;
      }
      const shown = rows.filter((row) => !row.hidden).length;
      const pages = one(".pager") ? " on this page" : "";
      const howMany = `${shown === rows.length ? "all" : `${shown} of`} ${rows.length} shown${pages}`;
      one("[data-narrowed]").textContent = [howMany, onrecord.saidUndated(undated)].filter(Boolean).join(", ");
    }
    narrowing.hidden = false;
    if (window.matchMedia("(max-width: 48rem)").matches) narrowing.open = false;
    for (const control of Object.values(controls)) control.addEventListener("input", narrow);
    narrow();
  }

  // ---- Statements as rows and as citations ----
  const article = one("[data-article]");

  // The label without its sign, and the target where there are several.
  const stanceOf = (mark) => `${words(mark).replace(/^[▲▼●○?] /, "")} ${words(one("small", mark.parentNode))}`.trim();

  function factsOf(item) {
    const place = one(".where", item);
    const home = article || place;
    const link = one("a.source-link", item) || one("a.outside", home);
    const quotation = all("blockquote mark", item).map(words).join(" … ") || words(one("blockquote", item));
    const section = item.closest(".of-speaker");
    const names = all(".who bdi", item).filter((name) => !name.closest(".role"));
    const heading = section ? one("h2", section) : one("h1");
    const who = one(".who", item) ? names.map(words).join(" and ") || "(unknown)" : words(heading);
    const time = one("time", home);
    return {
      speaker: who,
      statement: quotation,
      context: words(one("blockquote", item)),
      form: item.dataset.form,
      stance: all(".facts .mark", item).map(stanceOf).join("; "),
      confidence: item.dataset.confidence,
      title: article ? words(one("h1")) : words(one(".where > a:not(.outside)", item)),
      outlet: words(one(".outlet", home)),
      date: words(time),
      url: link ? link.href : "",
    };
  }

  const items = all("[data-statement]");
  for (const item of items) {
    (one(".where", item) || item).append(onrecord.citeButton(() => factsOf(item)));
  }

  // ---- CSV of what is shown ----
  function tableLines() {
    const columns = all("thead th", table).map((head, column) => [words(head), column, head.matches(".wide")]);
    const kept = columns.filter(([, , wide]) => !wide);
    const lines = rowsOf(table)
      .filter((row) => !row.hidden)
      .flatMap((row) => {
        const lines = row.rows ? [...row.rows] : [row];
        const first = [...lines[0].cells];
        return lines.map((line, number) => {
          // Cells of the first line that reach over all of them are repeated.
          const spanning = number ? first.filter((cell) => cell.rowSpan > 1) : [];
          const cells = [...spanning, ...line.cells];
          const notes = all("small", cells[0]).map(words).join("; ");
          return [...kept.map(([, column]) => valueOf(cells[column]) ?? ""), words(one(".wide small", line)), notes];
        });
      });
    return [[...kept.map(([name]) => name), "target", "notes"], ...lines];
  }

  function statementLines() {
    const facts = items.filter((item) => !item.hidden).map(factsOf);
    return onrecord.statementLines(facts);
  }

  for (const button of all("[data-csv]")) {
    button.addEventListener("click", () => {
      const lines = button.closest("[data-table-filters]") ? tableLines() : statementLines();
      onrecord.saveCsv(lines, words(one("h1")));
    });
  }
})();

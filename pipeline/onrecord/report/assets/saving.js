// What readers take away: citations to copy, and CSV of what is shown.
"use strict";

window.onrecord = { data: {} };

(() => {
  // ---- Citations ----
  function citation({ speaker, statement, form, title, outlet, date, url }) {
    const bare = statement.replace(/^["“”„«‘']+|["“”„»‘’',]+$/g, "");
    const how = { direct: "", indirect: " (reported speech)", mixed: " (partly quoted)" }[form] || "";
    const source = [title && `“${title}”`, outlet, date].filter(Boolean).join(", ");
    return `${speaker}${how}: “${bare}” ${source}.${url ? ` ${url}` : ""}`;
  }

  // Without the permission that `navigator.clipboard` needs, an older way does the same.
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  }

  onrecord.citeButton = (facts) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "cite";
    button.textContent = "Copy citation";
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      button.textContent = (await copy(citation(facts()))) ? "Copied" : "Not copied";
      setTimeout(() => {
        button.textContent = "Copy citation";
      }, 1500);
    });
    return button;
  };

  // ---- CSV ----
  // No spreadsheet must take a cell for a formula, nor a part of one where cells are separated by semicolons or tabs.
  const harmless = (cell) => cell.replace(/(^|[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠])/g, "$1'");
  const quoted = (cell) => (typeof cell === "number" ? cell : `"${harmless(cell || "").replace(/"/g, '""')}"`);

  onrecord.statementLines = (facts) => {
    const names = ["speaker", "statement", "context", "form", "stance", "confidence", "title", "outlet", "date", "url"];
    return [names, ...facts.map((fact) => names.map((name) => fact[name]))];
  };

  onrecord.saveCsv = (lines, title) => {
    const text = lines.map((line) => line.map(quoted).join(",")).join("\r\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }));
    link.download = `${title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60) || "statements"}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
})();

// Which dates lie in a period; the same rule as in queries/date_ranges.py.
"use strict";

(() => {
  const first = (day) => `${day}-01-01`.slice(0, 10);

  function last(day) {
    if (day.length !== 7) return `${day}-12-31`.slice(0, 10);
    const [year, month] = day.split("-").map(Number);
    const days = [31, (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    return `${day}-${days[month - 1]}`;
  }

  // Whether the date of an article, which may be a day, a month or a year, lies between two days; each of these may be
  // missing. Null if that cannot be told: there is no date, or only part of its month or year is in the period.
  onrecord.inPeriod = (day, from, to) => {
    if (!from && !to) return true;
    if (!day) return null;
    if ((from && last(day) < from) || (to && first(day) > to)) return false;
    return (!from || from <= first(day)) && (!to || last(day) <= to) ? true : null;
  };

  // What a list says of those that it leaves out as their date does not tell whether they are in the period.
  onrecord.saidUndated = (number) => (number ? `${number.toLocaleString("en")} without an exact date left out` : "");
})();

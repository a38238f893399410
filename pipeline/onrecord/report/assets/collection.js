// All statements of the report, for search and comparison: what filters need is loaded at once, the words of
// statements and the index of words in parts, when they are needed. Nothing here turns text into markup.
"use strict";

(() => {
  const LABELS = { s: "support", o: "oppose", n: "neutral", u: "unclear", f: "off" };
  const MARKS = { support: "▲", oppose: "▼", neutral: "●", unclear: "?", off: "○" };
  const NAMES = { support: "support", oppose: "oppose", neutral: "neutral", unclear: "unclear", off: "not about it" };
  const MOST_PARTS = 250; // of records that are loaded for one query
  const FORMS = { d: "direct", m: "mixed", i: "indirect" };

  // ---- Loading: pages from disk can load scripts and nothing else ----
  const address = (part) => {
    if (!/^[a-z0-9-]+$/.test(part)) throw new TypeError(`no part of the data: ${part}`);
    return `data/${part}.js`;
  };
  const policy = window.trustedTypes
    ? window.trustedTypes.createPolicy("onrecord", { createScriptURL: address })
    : { createScriptURL: address };
  const loading = new Map();

  function load(part) {
    if (!loading.has(part)) {
      loading.set(
        part,
        new Promise((resolve, reject) => {
          const script = document.createElement("script");
          script.src = policy.createScriptURL(part);
          script.onload = () => resolve(onrecord.data[part]);
          script.onerror = () => reject(new Error(`search/data/${part}.js is missing; make the report again`));
          document.head.append(script);
        })
      );
    }
    return loading.get(part);
  }

  // ---- Words, taken apart as in report/search/words.py ----
  const plain = (text) => text.replace(/['’‘`ʼ]/g, "").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const wordsOf = (text) => (plain(text).match(/[\p{L}\p{N}]+/gu) || []).map((word) => word.slice(0, 40));
  const shardOf = (word) => {
    const start = [...word].slice(0, 2).join("");
    return /^[a-z0-9]+$/.test(start) ? start : `u-${word.codePointAt(0).toString(16)}`;
  };

  // A word is found from its beginning; one of a single letter, or within a phrase, only whole.
  const fits = (word, wanted, whole) => (whole || wanted.length < 2 ? word === wanted : word.startsWith(wanted));

  class Collection {
    constructor(raw) {
      Object.assign(this, raw); // targets, outlets, articles, speakers, forms, acts, sure, stances, shards, records
      this.size = raw.forms.length;
      this.articleOf = new Uint32Array(this.size);
      this.starts = [];
      let at = 0;
      raw.articles.forEach(([, , , , , , count], article) => {
        this.starts.push(at);
        this.articleOf.fill(article, at, at + count);
        at += count;
      });
      this.saidBy = raw.said.split(" ").map((numbers) => (numbers ? numbers.split("+").map((one) => parseInt(one, 36)) : []));
      this.counts = new Uint32Array(raw.speakers.length);
      for (let id = 0; id < this.size; id++) if (this.counted(id)) for (const one of this.saidBy[id]) this.counts[one] += 1;
    }

    // Statements that a near copy repeats are not shown.
    counted(id) {
      return this.repeats[id] !== "1";
    }

    stance(id, target) {
      const letter = this.stances[target][id];
      const label = LABELS[letter.toLowerCase()];
      return label ? { label, pale: letter !== letter.toLowerCase() } : null;
    }

    form(id) {
      return FORMS[this.forms[id]];
    }

    // Whether the confidence is at least so many twentieths.
    isSure(id, least) {
      return !least || parseInt(this.sure[id], 36) >= least; // that of a statement without one is "-", which is no number
    }

    // Whether the article is of the period: null if its date does not tell.
    inPeriod(id, from, to) {
      const [, , , date, isDay] = this.articles[this.articleOf[id]];
      return onrecord.inPeriod(isDay ? date : "", from, to);
    }

    article(id) {
      const [page, title, outlet, date, isDay, link] = this.articles[this.articleOf[id]];
      return { page, title, outlet: this.outlets[outlet] || "", date, day: isDay ? date : "", link };
    }

    // The records of statements, in the same order.
    async recordsOf(ids) {
      const parts = new Map();
      for (const id of ids) parts.set(Math.floor(id / this.records), null);
      await Promise.all([...parts.keys()].map(async (part) => parts.set(part, await load(`t${part}`))));
      return ids.map((id) => {
        const [turns, fragment, confidence, act, twoStances] = parts.get(Math.floor(id / this.records))[id % this.records];
        return { id, turns, fragment, confidence, act, twoStances };
      });
    }

    // Which statements have a word, in themselves, in the name of a speaker or in the title of the article.
    async having(wanted, whole) {
      const found = new Uint8Array(this.size);
      const shard = shardOf(wanted);
      if (this.shards.includes(shard)) {
        for (const [word, distances] of Object.entries(await load(`w-${shard}`))) {
          if (!fits(word, wanted, whole)) continue;
          let id = 0;
          for (const distance of distances.split(" ")) found[(id += parseInt(distance, 36))] = 1;
        }
      }
      if (whole) return found;
      const named = this.speakers.map(([name]) => wordsOf(name).some((word) => fits(word, wanted)));
      const titled = this.articles.map(([, title]) => wordsOf(title).some((word) => fits(word, wanted)));
      for (let id = 0; id < this.size; id++) {
        if (titled[this.articleOf[id]] || this.saidBy[id].some((one) => named[one])) found[id] = 1;
      }
      return found;
    }

    // The numbers of the statements that have all words of a query and, as they stand, those in quotation marks;
    // `narrow` takes away those that other filters do not let through.
    async find(query, narrow = (ids) => ids) {
      const phrases = [...query.matchAll(/["“”„«»]([^"“”„«»]+)["“”„«»]/g)].map((match) => wordsOf(match[1])).filter((phrase) => phrase.length);
      const single = wordsOf(query.replace(/["“”„«»][^"“”„«»]+["“”„«»]/g, " "));
      const marks = await Promise.all([
        ...single.map((word) => this.having(word, false)),
        ...phrases.flat().map((word) => this.having(word, true)),
      ]);
      let ids = [];
      for (let id = 0; id < this.size; id++) if (this.counted(id) && marks.every((mark) => mark[id])) ids.push(id);
      ids = narrow(ids);
      if (phrases.length) {
        if (new Set(ids.map((id) => Math.floor(id / this.records))).size > MOST_PARTS) {
          const number = ids.length.toLocaleString("en");
          throw new Error(`These words are in ${number} statements, too many to compare their order: add a word or a filter.`);
        }
        const records = await this.recordsOf(ids);
        const has = ({ turns }, phrase) => ` ${wordsOf(ownWords(turns, " ")).join(" ")} `.includes(` ${phrase.join(" ")} `);
        ids = records.filter((record) => phrases.every((phrase) => has(record, phrase))).map(({ id }) => id);
      }
      return { ids, words: [...single, ...phrases.flat()] };
    }

    // What a citation and a line of CSV say.
    facts(record) {
      const article = this.article(record.id);
      const stances = this.targets.map((target, number) => [target, this.stance(record.id, number)]).filter(([, stance]) => stance);
      const towards = (target) => (stances.length > 1 ? ` on ${target}` : "");
      return {
        speaker: this.saidBy[record.id].map((one) => this.speakers[one][0]).join(" and ") || "(unknown)",
        statement: ownWords(record.turns, " … "),
        context: record.turns.join(""),
        form: this.form(record.id),
        stance: stances.map(([target, { label, pale }]) => `${NAMES[label]}${pale ? ", doubtful" : ""}${towards(target)}`).join("; "),
        confidence: record.confidence ?? "",
        title: article.title,
        outlet: article.outlet,
        date: article.date,
        url: article.link ? article.link + record.fragment : record.fragment,
      };
    }
  }

  // Turns are the words around a statement and its own, one after the other.
  const ownWords = (turns, between) => turns.filter((_, turn) => turn % 2).join(between).replace(/\s+/g, " ").trim();

  // ---- What pages show ----
  const element = (tag, className, ...children) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  };
  const bdi = (text, className = "") => element("bdi", className, text);

  function link(href, text, className = "") {
    const made = element("a", className, text);
    made.href = href;
    if (className) made.rel = "noopener noreferrer external";
    return made;
  }

  const speakerLink = ([name, , page]) => (page ? link(`../speakers/${page}.html`, bdi(name)) : bdi(name));

  function stanceMark({ label, pale }) {
    const sign = element("span", "", MARKS[label]);
    sign.ariaHidden = "true";
    return element("span", `mark ${label}${pale ? " pale" : ""}`, sign, ` ${NAMES[label]}${pale ? ", doubtful" : ""}`);
  }

  // Text in which the words that were looked for are marked.
  function marked(text, wanted) {
    if (!wanted.length) return [text];
    return text.split(/([\p{L}\p{N}\p{M}'’]+)/u).map((part, at) => {
      const hit = at % 2 && wordsOf(part).some((word) => wanted.some((one) => fits(word, one)));
      return hit ? element("strong", "hit", part) : part;
    });
  }

  // A statement as in the other lists (report/fragments/statements.py).
  function item(collection, record, wanted = [], target = null, withSpeaker = true) {
    const { id, turns, confidence, act, twoStances } = record;
    const article = collection.article(id);
    const stances = collection.targets.map((name, number) => [name, collection.stance(id, number)]).filter(([, stance]) => stance);
    const colour = (target !== null && collection.stance(id, target)) || (stances[0] && stances[0][1]) || { label: "said" };

    const quote = element("blockquote", "");
    quote.dir = "auto";
    turns.forEach((text, turn) => {
      if (text) quote.append(turn % 2 ? element("mark", "", ...marked(text, wanted)) : element("span", "around", text));
    });
    const who = element("p", "who");
    collection.saidBy[id].forEach((one, place) => {
      const speaker = collection.speakers[one];
      who.append(place ? " and " : "", speakerLink(speaker));
      if (speaker[1]) who.append(", ", element("span", "role", bdi(speaker[1])));
    });
    if (!collection.saidBy[id].length) who.append("(unknown)");

    const facts = element("p", "facts");
    for (const [name, stance] of stances) {
      const fact = element("span", "fact", stanceMark(stance));
      if (stances.length > 1) fact.append(" ", element("small", "", "on ", bdi(name)));
      facts.append(fact);
    }
    facts.append(element("span", "fact", collection.form(id)));
    if (act && act !== "expressed") facts.append(element("span", "fact", act));
    if (confidence !== null) facts.append(element("span", "fact", "confidence ", element("span", "score", confidence.toFixed(2))));

    const where = element("p", "where");
    if (article.outlet) where.append(bdi(article.outlet, "outlet"), " · ");
    if (article.date) {
      const time = element("time", "", bdi(article.date));
      if (article.day) time.dateTime = article.day;
      where.append(time, " · ");
    }
    const number = id - collection.starts[collection.articleOf[id]] + 1;
    where.append(link(`../articles/${article.page}.html#s${number}`, bdi(article.title)));
    const { url } = collection.facts(record);
    if (url) where.append(" · ", link(url, "in the original", "outside source-link"));
    where.append(onrecord.citeButton(() => collection.facts(record)));

    const made = element("li", `quote ${colour.label}${colour.pale ? " pale" : ""}`, quote, ...(withSpeaker ? [who] : []), facts);
    if (twoStances) {
      made.append(element("p", "sameness", element("strong", "conflict", "≠\u00a0the same words were judged differently elsewhere")));
    }
    made.append(where);
    made.tabIndex = -1;
    return made;
  }

  // ---- Bars of stances, as in report/fragments/bars.py ----
  const drawn = (tag, attributes, ...children) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  // The counts of stances on a target: by label, the doubtful apart.
  function count(collection, ids, target) {
    const counts = new Map();
    for (const label of Object.keys(MARKS)) for (const pale of [false, true]) counts.set(`${label}${pale ? " doubtful" : ""}`, 0);
    for (const id of ids) {
      const stance = collection.stance(id, target);
      if (!stance) continue;
      const key = `${stance.label}${stance.pale ? " doubtful" : ""}`;
      counts.set(key, counts.get(key) + 1);
    }
    return counts;
  }

  function bar(counts, about) {
    const parts = [...counts].filter(([, number]) => number);
    const whole = parts.reduce((sum, [, number]) => sum + number, 0);
    const named = (part) => part.replace(/^off/, NAMES.off);
    const said = parts.map(([part, number]) => `${number} ${named(part)}`).join(", ") || "none";
    const made = drawn("svg", { class: "bar", width: "100%", height: 16, role: "img", "aria-label": `${about}: ${said}` });
    let start = 0;
    for (const [part, number] of parts) {
      const [label, doubtful] = part.split(" ");
      const pale = doubtful || label === "off";
      const at = { x: `${(100 * start) / whole}%`, width: `${(100 * number) / whole}%` };
      const group = drawn("g", pale ? { class: "pale" } : {}, drawn("title", {}, `${named(part)}: ${number} of ${whole}`));
      group.append(drawn("rect", { class: `fill-${label}`, ...at, height: 16 }));
      if (pale) for (const y of [0, 14]) group.append(drawn("rect", { class: `edge fill-${label}`, ...at, y, height: 2 }));
      else if (label !== "support") group.append(drawn("rect", { fill: `url(#hatch-${label})`, ...at, height: 16 }));
      if (start) group.append(drawn("rect", { class: "gap", x: at.x, width: 2, height: 16 }));
      made.append(group);
      start += number;
    }
    return made;
  }

  const several = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

  // Shows the part of a page that needs the collection and loads it: null if that fails, which the page then says.
  async function begin(part) {
    const status = document.querySelector("[data-count]");
    document.querySelector(part).hidden = false;
    status.textContent = "loading …";
    try {
      return { collection: new Collection(await load("collection")), status, controls: asked() };
    } catch (error) {
      status.textContent = error.message;
      return null;
    }
  }

  const asked = () => Object.fromEntries([...document.querySelectorAll("[data-ask]")].map((control) => [control.dataset.ask, control]));

  onrecord.collection = {
    ...{ bar, bdi, begin, count, element, fits, item, several, speakerLink, wordsOf },
  };
})();

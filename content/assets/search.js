// The theme finds words by their beginning; this adds what a misspelt name may have meant, with a link to its page.
"use strict";
(() => {
  const input = document.querySelector(".md-search__input");
  const list = document.querySelector(".md-search-result__list");
  if (!input || !list) return;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // How many letters were added, lost, changed or swapped with their neighbour; more than `most` is not counted out.
  const edits = (a, b, most) => {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let before = [];
    let last = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
          row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      [before, last] = [last, row];
    }
    return last[b.length];
  };

  const meant = (asked, names) => {
    const found = new Map();
    for (const word of plain(asked).split(/\s+/).filter((w) => w.length > 3)) {
      const most = word.length > 7 ? 2 : 1;
      const near = names.map((name) => [Math.min(...name.words.map((w) => edits(word, w, most))), name]);
      // A word that begins a name is spelt well enough.
      if (names.some((name) => name.words.some((w) => w.startsWith(word)))) continue;
      near.sort((a, b) => a[0] - b[0]);
      for (const [far, name] of near.slice(0, 3)) if (far <= most && !found.has(name.address)) found.set(name.address, name);
    }
    return [...found.values()].slice(0, 3);
  };

  let names;
  const fetched = () =>
    (names ??= new Promise((done) => {
      const { base } = JSON.parse(document.getElementById("__config").textContent);
      const root = new URL(`${base}/`, location.href);
      const script = document.createElement("script");
      script.src = new URL("search/names.js", root);
      script.onload = () =>
        done(__names.map(([name, title, address]) => {
          const text = plain(name);
          return { name, title, address: new URL(address, root).href, words: [text, ...text.split(/[\s,-]+/)] };
        }));
      document.head.append(script);
    }));

  const hint = document.createElement("p");
  hint.className = "search-hint";
  hint.setAttribute("role", "status");
  list.before(hint);
  const suggest = async () => {
    const found = meant(input.value, await fetched());
    const links = found.flatMap(({ name, title, address }, i) => {
      const link = document.createElement("a");
      link.href = address;
      link.textContent = name === title ? title : `${name} (${title})`;
      return i ? [", ", link] : [link];
    });
    hint.replaceChildren(...(links.length ? ["Did you mean ", ...links, "?"] : []));
  };
  input.addEventListener("input", suggest);
  input.addEventListener("focus", suggest);
  input.form.addEventListener("reset", () => hint.replaceChildren());
})();

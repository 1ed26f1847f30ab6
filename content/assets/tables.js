// Tables of facts become tools: sort, filter, choose columns, send the view as an address, take it away as CSV.
// Without this script they are ordinary tables. A long table holds its first rows and fetches all of them as JSON;
// only a window of those is ever laid out, since laying out rows is what costs.
"use strict";
(() => {
  const FEW = 8; // a shorter table is read at a glance
  const CHOICES = 60; // more distinct values are quicker typed than picked
  const WINDOW = 50;
  const EMPTY = new Set(["", "–"]);

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const slug = (text) => plain(text).replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  // Numbers inside a text sort as numbers when their whole part has one length.
  const natural = (text) => plain(text).replace(/\d+(\.\d+)?/g, (n) => n.replace(/^\d+/, (d) => d.padStart(12, "0")));

  // What a cell says, without the numbers of its citations; the reference itself where nothing else is said.
  // The build says the same of the rows of a long table: long_tables.py.
  const words = (cell) => {
    const copy = cell.cloneNode(true);
    const cited = Array.from(copy.querySelectorAll(".cite-card"), (card) => card.textContent).join("; ");
    for (const mark of copy.querySelectorAll(".cite, .row-link")) mark.remove();
    for (const line of copy.querySelectorAll("br")) line.replaceWith("; ");
    const text = copy.textContent.replace(/\s+/g, " ").replace(/ ;/g, ";").trim();
    return text || cited.replace(/\s+/g, " ").trim();
  };

  const field = (text, { sort = text, facet }) => ({ text, sort, facets: facet?.split("|") ?? [text] });

  const link = (tr) => {
    const to = make("a", { className: "row-link", href: `#${tr.id}`, textContent: "¶" });
    to.setAttribute("aria-label", "Link to this row");
    tr.cells[0].append(" ", to);
  };

  // A row that stands in the page.
  const standing = (tr) => {
    let fields;
    return {
      id: tr.id,
      tr: () => tr,
      get fields() {
        return (fields ??= Array.from(tr.cells, (cell) => field(words(cell), cell.dataset)));
      },
    };
  };

  // The rows of a long table's JSON file: anchor and places of the cells. A cell is a text, or [HTML, text, what
  // differs from the text].
  const fetched = ({ columns, cards, cells, rows }, first) => {
    const fields = cells.map((cell) => (typeof cell === "string" ? field(cell, {}) : field(cell[1], cell[2] ?? {})));
    const element = (id, places) => {
      const row = make("tr", { id });
      places.forEach((place, i) => {
        const box = make(i ? "td" : "th");
        if (typeof cells[place] === "string") box.textContent = cells[place];
        else box.innerHTML = cells[place][0];
        if (i) box.dataset.label = columns[i];
        else box.scope = "row";
        row.append(box);
      });
      for (const to of row.querySelectorAll(".cite > a"))
        to.after(make("span", { className: "cite-card", role: "note", innerHTML: cards[to.hash] }));
      if (id) link(row);
      return row;
    };
    return rows.map(([id, ...places], i) => {
      let tr = first[i];
      return { id, fields: places.map((place) => fields[place]), tr: () => (tr ??= element(id ?? "", places)) };
    });
  };

  const compare = (rows, column) => {
    const keys = rows.map((row) => row.fields[column].sort).filter((key) => !EMPTY.has(key));
    const numbers = keys.every((key) => !Number.isNaN(Number(key)));
    const key = (row) => {
      const found = row.fields[column].sort;
      return EMPTY.has(found) ? null : numbers ? Number(found) : natural(found);
    };
    return new Map(rows.map((row) => [row, key(row)]));
  };

  const csv = (lines) => {
    // A spreadsheet would run a cell that starts like a formula.
    const cell = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replace(/"/g, '""')}"`;
    return `\ufeff${lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("")}`;
  };

  class Table {
    constructor(region, rows, windowed) {
      this.region = region;
      this.table = region.querySelector("table");
      this.body = this.table.tBodies[0];
      this.heads = Array.from(this.table.tHead.rows[0].cells);
      this.titles = this.heads.map((head) => head.textContent.trim());
      this.keys = this.titles.map(slug);
      this.caption = this.table.caption.textContent.trim();
      this.name = region.id.replace(/^table-/, "") || slug(this.caption);
      this.rows = rows;
      this.size = windowed ? WINDOW : Infinity;
      this.orders = new Map();
      this.clear();
      this.tools();
      this.read();
      this.apply();
    }

    clear() {
      this.q = "";
      this.sort = "";
      this.only = new Map();
      this.hidden = new Set();
      this.from = 0;
    }

    // The state in the address: <table>.q, .sort, .hide, .from, and .in.<column> for a column's filter.
    read() {
      const asked = new URLSearchParams(location.search);
      const of = (key) => asked.get(`${this.name}.${key}`) ?? "";
      this.q = of("q");
      if (this.keys.includes(of("sort").replace(/^-/, ""))) this.sort = of("sort");
      this.hidden = new Set(of("hide").split(" ").filter((key) => this.keys.indexOf(key) > 0));
      this.from = Math.max(0, Number.parseInt(of("from"), 10) - 1 || 0);
      for (const key of this.keys) if (of(`in.${key}`)) this.only.set(key, of(`in.${key}`));
      if (this.only.size) this.panel(this.filters, false);
    }

    write() {
      const asked = new URLSearchParams(location.search);
      for (const key of [...asked.keys()]) if (key.startsWith(`${this.name}.`)) asked.delete(key);
      const put = (key, value) => value && asked.set(`${this.name}.${key}`, value);
      put("q", this.q);
      put("sort", this.sort);
      put("hide", [...this.hidden].join(" "));
      put("from", this.from && String(this.from + 1));
      for (const [key, value] of this.only) put(`in.${key}`, value);
      const query = asked.toString();
      if (query === location.search.slice(1)) return;
      history.replaceState(history.state, "", location.pathname + (query && `?${query}`) + location.hash);
    }

    tools() {
      const button = (text, action) => make("button", { type: "button", textContent: text, onclick: action });
      this.find = make("input", { type: "search", oninput: () => this.change(() => (this.q = this.find.value)) });
      this.order = make("select", { onchange: () => this.change(() => (this.sort = this.order.value)) });
      this.order.setAttribute("aria-label", "Sort");
      this.order.append(make("option", { value: "", textContent: "Sort: as listed" }));
      this.keys.forEach((key, i) => {
        for (const [sign, way] of [["", "up"], ["-", "down"]])
          this.order.append(make("option", { value: sign + key, textContent: `${this.titles[i]}, ${way}` }));
      });
      this.filters = this.disclosure("Filters", () => this.filter_fields());
      this.columns = this.disclosure("Columns", () => this.column_fields());
      this.undo = button("Reset", () => this.change(() => this.clear()));
      this.said = make("p", { className: "table-said" });
      this.said.setAttribute("role", "status");
      const tools = make(
        "div", { className: "table-tools" },
        make("label", { className: "table-find" }, "Find ", this.find),
        make("span", { className: "table-order" }, this.order),
        this.filters.button, this.columns.button, button("CSV", () => this.download()), this.undo, this.said,
        this.filters.panel, this.columns.panel,
      );
      tools.setAttribute("role", "group");
      tools.setAttribute("aria-label", `Tools: ${this.caption}`);
      this.region.before(tools);
      this.heads.forEach((head, i) => {
        const sorter = button(this.titles[i], () => this.turn(this.keys[i]));
        head.replaceChildren(sorter);
      });
      this.pager = make("p", { className: "table-pager" });
      this.earlier = button("Earlier rows", () => this.change(() => (this.from -= this.size), true));
      this.later = button("Later rows", () => this.change(() => (this.from += this.size), true));
      if (this.rows.length > this.size) {
        this.pager.append(this.earlier, this.later);
        this.region.after(this.pager);
      }
      this.region.classList.add("tooled");
    }

    // A button that shows and hides a panel; the panel's fields are made when they are first asked for.
    disclosure(title, fields) {
      const panel = make("div", { className: "table-panel", hidden: true, id: `${this.name}-${slug(title)}` });
      const button = make("button", { type: "button", textContent: title });
      const made = { button, panel, fields };
      button.setAttribute("aria-expanded", "false");
      button.setAttribute("aria-controls", panel.id);
      button.onclick = () => this.panel(made, panel.hidden);
      return made;
    }

    panel({ button, panel, fields }, open = true) {
      if (!panel.hasChildNodes()) panel.append(...fields());
      panel.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    }

    filter_fields() {
      this.inputs = new Map();
      return this.keys.map((key, i) => {
        const values = new Map();
        for (const row of this.rows) for (const v of row.fields[i].facets) values.set(v, (values.get(v) ?? 0) + 1);
        const few = values.size <= CHOICES && values.size < this.rows.length;
        const input = few ? make("select", {}, make("option", { value: "", textContent: "any" })) : make("input", { type: "search" });
        if (few)
          for (const value of [...values.keys()].sort((a, b) => (natural(a) < natural(b) ? -1 : 1)))
            input.append(make("option", { value, textContent: `${value} (${values.get(value)})` }));
        input.oninput = () =>
          this.change(() => (input.value ? this.only.set(key, input.value) : this.only.delete(key)));
        this.inputs.set(key, input);
        this.fill(key);
        return make("label", {}, `${this.titles[i]} `, input);
      });
    }

    fill(key) {
      const input = this.inputs.get(key);
      const value = this.only.get(key) ?? "";
      // An address may ask for a value that no row has any more.
      if (input.options && !Array.from(input.options).some((option) => option.value === value))
        input.append(make("option", { value, textContent: `${value} (0)` }));
      if (input.value !== value) input.value = value;
    }

    column_fields() {
      this.boxes = new Map();
      return this.keys.slice(1).map((key, i) => {
        const box = make("input", { type: "checkbox", checked: !this.hidden.has(key) });
        box.onchange = () => this.change(() => (box.checked ? this.hidden.delete(key) : this.hidden.add(key)), true);
        this.boxes.set(key, box);
        return make("label", {}, box, ` ${this.titles[i + 1]}`);
      });
    }

    // A header goes from up to down and back to the order in which the table is listed.
    turn(key) {
      this.change(() => (this.sort = this.sort === key ? `-${key}` : this.sort === `-${key}` ? "" : key));
    }

    change(set, stay = false) {
      set();
      if (!stay) this.from = 0;
      this.apply();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.write(), 150);
    }

    passing() {
      const terms = plain(this.q).split(/\s+/).filter(Boolean);
      const tests = [...this.only].map(([key, value]) => {
        const i = this.keys.indexOf(key);
        const wanted = plain(value);
        return this.inputs.get(key).options
          ? (row) => row.fields[i].facets.includes(value)
          : (row) => plain(row.fields[i].text).includes(wanted);
      });
      const all = (row) => (row.all ??= plain(row.fields.map((f) => f.text).join("\n")));
      return this.rows.filter((row) => tests.every((t) => t(row)) && terms.every((term) => all(row).includes(term)));
    }

    apply() {
      let view = this.q || this.only.size ? this.passing() : [...this.rows];
      if (this.sort) {
        const down = this.sort.startsWith("-");
        const key = this.sort.replace(/^-/, "");
        if (!this.orders.has(key)) this.orders.set(key, compare(this.rows, this.keys.indexOf(key)));
        const of = this.orders.get(key);
        const empty = view.filter((row) => of.get(row) === null);
        view = view.filter((row) => of.get(row) !== null);
        view.sort((a, b) => (of.get(a) < of.get(b) ? -1 : of.get(a) > of.get(b) ? 1 : 0) * (down ? -1 : 1));
        view.push(...empty);
      }
      this.view = view;
      this.draw();
    }

    draw() {
      if (this.from >= this.view.length) this.from = 0;
      const shown = this.view.slice(this.from, this.from + this.size).map((row) => row.tr());
      const now = this.body.rows;
      if (shown.length !== now.length || shown.some((tr, i) => tr !== now[i])) this.body.replaceChildren(...shown);
      const off = this.keys.map((key) => this.hidden.has(key));
      for (const tr of [this.table.tHead.rows[0], ...shown])
        off.forEach((hide, i) => tr.cells[i].hidden !== hide && (tr.cells[i].hidden = hide));
      this.heads.forEach((head, i) => {
        if (this.sort === this.keys[i]) head.setAttribute("aria-sort", "ascending");
        else if (this.sort === `-${this.keys[i]}`) head.setAttribute("aria-sort", "descending");
        else head.removeAttribute("aria-sort");
      });
      if (this.find.value !== this.q) this.find.value = this.q;
      this.order.value = this.sort;
      for (const key of this.inputs?.keys() ?? []) this.fill(key);
      for (const [key, box] of this.boxes ?? []) box.checked = !this.hidden.has(key);
      this.filters.button.textContent = this.only.size ? `Filters (${this.only.size})` : "Filters";
      this.undo.hidden = !(this.q || this.sort || this.only.size || this.hidden.size);
      const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
      let said = `${number(this.view.length)} of ${number(this.rows.length)} rows`;
      if (this.view.length > this.size)
        said += `, showing ${number(this.from + 1)} to ${number(this.from + shown.length)}`;
      if (this.said.textContent !== said) this.said.textContent = said;
      this.earlier.disabled = this.from <= 0;
      this.later.disabled = this.from + this.size >= this.view.length;
    }

    download() {
      const columns = this.keys.map((_, i) => i).filter((i) => !this.hidden.has(this.keys[i]));
      const lines = this.view.map((row) => columns.map((i) => row.fields[i].text));
      const file = new Blob([csv([columns.map((i) => this.titles[i]), ...lines])], { type: "text/csv" });
      const to = make("a", { href: URL.createObjectURL(file), download: `${this.name}.csv` });
      to.click();
      setTimeout(() => URL.revokeObjectURL(to.href), 1000);
    }

    // Shows the row that an address points to, also when a filter or the window left it out.
    aim(id) {
      const row = this.rows.find((r) => r.id === id);
      if (!row) return;
      if (!this.view.includes(row)) this.change(() => this.clear());
      const index = this.view.indexOf(row);
      if (index < this.from || index >= this.from + this.size) {
        this.from = Math.floor(index / this.size) * this.size;
        this.draw();
      }
      // Only a new navigation makes a row that was not there the target.
      if (!row.tr().matches(":target")) location.replace(`#${id}`);
      row.tr().scrollIntoView();
    }
  }

  const aim = (tables) => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (id) for (const table of tables) table.aim(id);
  };

  const start = async () => {
    const tables = [];
    addEventListener("hashchange", () => aim(tables));
    for (const region of document.querySelectorAll(".facts")) {
      const table = region.querySelector("table");
      const trs = Array.from(table.tBodies[0].rows);
      for (const tr of trs) if (tr.id) link(tr);
      if (trs.length >= FEW && !region.dataset.rows) tables.push(new Table(region, trs.map(standing), false));
    }
    aim(tables);
    for (const region of document.querySelectorAll(".facts[data-rows]")) {
      const answer = await fetch(region.dataset.rows).catch(() => null);
      if (!answer?.ok) continue; // the first rows and the link to all of them stay
      const table = new Table(region, fetched(await answer.json(), [...region.querySelectorAll("tbody tr")]), true);
      tables.push(table);
      aim([table]);
    }
    document.documentElement.dataset.tables = "ready";
  };
  start();
})();

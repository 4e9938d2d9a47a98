// The table of scenarios: language, sort, filters and what is unfolded; all of it kept in the address after #.
"use strict";
const root = document.documentElement;
const table = document.querySelector(".scenarios");
const scenarios = [...table.tBodies];
const heads = [...table.tHead.rows[0].cells];
const fields = Object.fromEntries(["text", "fiscal", "verdict"].map((name) => [name, document.querySelector(`[name=${name}]`)]));
const shown = document.querySelector("[name=shown]");
const first = language(root.lang);
let state = {};

function language(tag) {
  return tag.startsWith("zh") ? "zh" : "en";
}

// What an address says; anything that it cannot mean is left out.
function read() {
  const said = new URLSearchParams(location.hash.slice(1));
  const key = said.get("sort") || "";
  state = {
    lang: ["zh", "en"].includes(said.get("lang")) ? said.get("lang") : first,
    sort: heads.some((head) => sortKey(head) === key) ? key : "",
    down: said.get("down") === "1",
    text: said.get("text") || "",
    fiscal: said.get("fiscal") || "",
    verdict: said.get("verdict") || "",
    open: new Set((said.get("open") || "").split(",").filter(Boolean)),
  };
  show();
}

function write() {
  const said = new URLSearchParams();
  if (state.lang !== first) said.set("lang", state.lang);
  if (state.sort) said.set("sort", state.sort);
  if (state.sort && state.down) said.set("down", "1");
  for (const name of Object.keys(fields)) if (state[name]) said.set(name, state[name]);
  if (state.open.size) said.set("open", [...state.open].join(","));
  history.replaceState(null, "", `#${said}`);
  show();
}

function sortKey(head) {
  return head.firstElementChild.dataset.sort;
}

function show() {
  speak();
  sort();
  filter();
  unfold();
}

function speak() {
  const lang = state.lang;
  root.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = document.body.dataset[lang === "zh" ? "titleZh" : "titleEn"];
  for (const one of document.querySelectorAll("option")) one.textContent = one.dataset[lang === "zh" ? "textZh" : "textEn"];
  for (const one of document.querySelectorAll("[data-lang]")) one.setAttribute("aria-pressed", String(one.dataset.lang === lang));
}

// A cell's value: a number, or what it says in the language; null where there is none, and that sorts last.
function valueOf(scenario, column) {
  const cell = scenario.rows[0].cells[column];
  if (heads[column].dataset.kind === "number") return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
  return (cell.querySelector(`.${state.lang}`) || cell).textContent;
}

function compare(one, other) {
  return typeof one === "string" ? one.localeCompare(other, root.lang) : one - other;
}

function sort() {
  const column = heads.findIndex((head) => sortKey(head) === state.sort);
  heads.forEach((head, at) => head.setAttribute("aria-sort", at !== column ? "none" : state.down ? "descending" : "ascending"));
  let order = scenarios;
  if (column >= 0) {
    const valued = scenarios.map((scenario) => [valueOf(scenario, column), scenario]);
    const [held, lacking] = [valued.filter(([value]) => value !== null), valued.filter(([value]) => value === null)];
    held.sort(([one], [other]) => (state.down ? compare(other, one) : compare(one, other)));
    order = [...held, ...lacking].map(([, scenario]) => scenario);
  }
  if (order.some((scenario, at) => table.tBodies[at] !== scenario)) table.append(...order);
}

function filter() {
  const wanted = state.text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const [name, field] of Object.entries(fields)) if (field.value !== state[name]) field.value = state[name];
  let count = 0;
  for (const scenario of scenarios) {
    const { words, fiscal, verdict } = scenario.dataset;
    const fits = (!state.fiscal || fiscal === state.fiscal) && (!state.verdict || verdict === state.verdict);
    scenario.hidden = !(fits && wanted.every((word) => words.toLowerCase().includes(word)));
    count += !scenario.hidden;
  }
  shown.value = String(count);
}

function unfold() {
  for (const scenario of scenarios) {
    const open = state.open.has(scenario.id);
    scenario.classList.toggle("open", open);
    scenario.querySelector(".unfold").setAttribute("aria-expanded", String(open));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.lang) state.lang = button.dataset.lang;
  if (button.dataset.sort) {
    state.down = state.sort === button.dataset.sort && !state.down;
    state.sort = button.dataset.sort;
  }
  if (button.classList.contains("unfold")) {
    const { id } = button.closest("tbody");
    if (!state.open.delete(id)) state.open.add(id);
  }
  write();
});
for (const [name, field] of Object.entries(fields)) {
  field.addEventListener("input", () => {
    state[name] = field.value;
    write();
  });
}
addEventListener("hashchange", read);
read();

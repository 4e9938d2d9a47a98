"use strict";
// A click on a number, or Enter on it, says where it comes from. Every text is set as text, never as markup.
(() => {
  const trace = JSON.parse(document.getElementById("trace").textContent);
  const dialog = document.body.appendChild(document.createElement("dialog"));
  const line = (tag, text) => {
    const made = dialog.appendChild(document.createElement(tag));
    made.textContent = text;
    return made;
  };
  const tell = (span) => {
    const told = trace.numbers[span.dataset.key];
    if (!told) return;
    dialog.replaceChildren();
    line("button", trace.words.close).addEventListener("click", () => dialog.close());
    line("h3", span.textContent);
    line("p", told.said + "; " + trace.words.grade + ": " + told.grade);
    for (const part of ["formula", "steps", "inputs", "assumptions"]) {
      if (!told[part]) continue;
      line("h3", trace.words[part]);
      for (const place of told[part]) line("p", trace.texts[place]);
    }
    line("h3", trace.words.key);
    line("p", span.dataset.key);
    dialog.showModal();
  };
  for (const span of document.querySelectorAll("span.n")) {
    span.tabIndex = 0;
    span.setAttribute("role", "button");
    span.addEventListener("click", () => tell(span));
    span.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      tell(span);
    });
  }
  const ask = document.createElement("p");
  ask.className = "note ask";
  ask.textContent = trace.words.ask;
  document.querySelector("h1").after(ask);
})();

// The department's pages: ticked boxes stay ticked when the list is refreshed; an answer is checked by the server while it is written.
"use strict";
(() => {
  const live = document.getElementById("live");
  if (live) {
    const ticked = new Set();
    live.addEventListener("change", (event) => {
      const box = event.target;
      if (box.type === "checkbox") { if (box.checked) ticked.add(box.value); else ticked.delete(box.value); }
    });
    new MutationObserver(() => live.querySelectorAll("input[type=checkbox]").forEach((box) => {
      box.checked = ticked.has(box.value);
    })).observe(live, { childList: true });
  }
})();

// An answer while it is written: a pause after typing asks the server what is still missing and what the person will read.
(() => {
  const form = document.querySelector("form[data-answer]"), list = document.getElementById("parts");
  if (!form || !list) return;
  const NAMES = ["result", "text", "cause", "basis", "alternative", "lesson"], WAIT_MS = 700;
  const preview = document.getElementById("preview");
  let timer = 0, asked = 0;
  const value = (name) => {
    const field = form.elements[name];
    return field ? String(field.value || "") : "";
  };
  const line = (part) => {
    const item = document.createElement("li"), said = document.createElement("span");
    item.className = part.there ? "good" : "lacks";
    said.className = "sr";
    said.textContent = part.there ? "已有：" : "还缺：";
    item.append(said, part.name);
    if (!part.there) {
      const words = document.createElement("span");
      words.className = "small";
      words.textContent = part.lacks;
      item.append(document.createElement("br"), words);
    }
    return item;
  };
  const show = (found) => {
    list.replaceChildren(...found.parts.map(line));
    if (!preview) return;
    preview.hidden = !found.preview.text;
    preview.querySelectorAll("[data-of]").forEach((place) => { place.textContent = found.preview[place.dataset.of] || (place.dataset.of === "result" ? "（未选结果）" : ""); });
    preview.querySelectorAll("[data-part-of]").forEach((place) => { place.hidden = !found.preview[place.dataset.partOf]; });
  };
  const ask = async () => {
    const turn = ++asked, body = {};
    for (const name of NAMES) if (value(name)) body[name] = value(name);
    try {
      const answer = await fetch(`/api/router/cases/${form.dataset.answer}/answer-check`, {
        method: "POST", body: JSON.stringify(body),
        headers: { "content-type": "application/json", "x-form-token": form.elements.form_token.value },
      });
      if (answer.ok && turn === asked) show(await answer.json());
    } catch { /* no network: the form is checked when it is sent */ }
  };
  const later = (event) => { if (!event.isComposing) { clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); } };
  form.addEventListener("input", later);
  form.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); });
  form.addEventListener("change", later);
  if (NAMES.some(value)) ask();
})();

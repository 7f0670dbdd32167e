// Library cases like what is typed or lies on the page, fetched as a piece of page; 引用 counts a use without leaving the form.
// Without it the link that stands there leads to the search.
"use strict";
(() => {
  const WAIT_MS = 500, LEAST = 4, MOST = 500;
  const token = () => (document.querySelector("input[name=form_token]") || { value: "" }).value;
  const sent = (path, body, more) => fetch(path, { method: "POST", redirect: "manual", body, headers: { "x-form-token": token(), ...more } });

  document.querySelectorAll("[data-similar]").forEach((place) => {
    const fields = place.dataset.similar.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
    const shown = place.querySelector("[data-found]"), usual = [...shown.childNodes];
    let timer = 0, asked = 0, last = "";
    async function ask() {
      const text = [place.dataset.words || "", ...fields.map((field) => field.value)].join(" ").trim().slice(0, MOST);
      if (text === last) return;
      last = text;
      const mine = ++asked;
      if (text.length < LEAST) { shown.replaceChildren(...usual); return; }
      try {
        const answer = await sent("/archive/library/similar", new URLSearchParams({ text, where: place.dataset.where, used_in: place.dataset.usedIn || "" }));
        if (!answer.ok || mine !== asked) return;
        shown.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
      } catch { last = ""; }
    }
    const soon = (event) => { if (!event.isComposing) { clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); } };
    for (const field of fields) { field.addEventListener("input", soon); field.addEventListener("change", soon); field.addEventListener("compositionend", () => soon({})); }
    place.addEventListener("click", (event) => { const button = event.target.closest("[data-use]"); if (button) use(button); });
    ask();
  });

  async function use(button) {
    const said = button.parentElement.querySelector("[role=status]");
    button.disabled = true;
    try {
      const body = JSON.stringify({ where: button.dataset.where, used_in: button.dataset.usedIn || null });
      const key = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;  // no randomUUID without TLS
      const answer = await sent(button.dataset.use, body, { "content-type": "application/json", "idempotency-key": key });
      said.textContent = answer.ok ? "已记引用" : "没有记上，请稍后再试。";
      button.disabled = answer.ok;
    } catch { said.textContent = "连接中断，没有记上。"; button.disabled = false; }
  }
})();

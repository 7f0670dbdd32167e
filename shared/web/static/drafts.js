// Nothing typed is lost. A <form data-draft="name/about"> is kept on the server within two seconds of the last key and when the page
// is left, put back when the form comes up empty, and forgotten after it was taken (the answer was a redirect to a page that is no
// fault). What the server did not take (session over, no network) waits in this tab's sessionStorage, for the same person only.
"use strict";
(() => {
  const AFTER_MS = 1200, SENT = "bancheng-sent", KEPT = "bancheng-typed:";
  const me = document.body.dataset.staff || "";
  const signingIn = location.pathname === "/signin";
  const faulty = () => !!document.querySelector(".summary[role=alert], [data-problem]");
  const address = (key) => `/api/site/drafts/${key}`;
  const read = (name) => { try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; } };
  const note = (name, value) => { try { sessionStorage.setItem(name, JSON.stringify(value)); } catch { /* full or forbidden */ } };
  const clock = (moment) => new Date(moment).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
  const chosen = (field) => field.type === "checkbox" || field.type === "radio";
  const fields = (form) => [...form.elements].filter((field) => field.name && "value" in field && field.localName !== "button"
    && !["hidden", "password", "file", "submit", "button", "reset"].includes(field.type) && !("draftSkip" in field.dataset));
  const token = (form) => form.elements.form_token ? form.elements.form_token.value : "";

  function typed(form) {
    const said = {};
    for (const field of fields(form)) {
      if (chosen(field)) { if (field.checked) (said[field.name] ||= []).push(field.value); }
      else if (field.value !== "") said[field.name] = field.value;
    }
    return said;
  }
  const worth = (form) => fields(form).some((field) => chosen(field) ? field.checked !== field.defaultChecked
    : field.localName === "select" ? false : field.value.trim() !== "" && field.value !== field.defaultValue);

  // puts back what was typed, only where the form came up empty; tells which fields
  function restore(form, said) {
    const back = [];
    for (const field of fields(form)) {
      const was = said[field.name];
      if (chosen(field)) {
        const on = Array.isArray(was) && was.includes(field.value);
        if (on !== field.checked && was !== undefined) { field.checked = on; back.push(field); }
      } else if (typeof was === "string" && was !== field.value && (field.value === "" || field.localName === "select")) {
        field.value = was; back.push(field);
      }
    }
    if (back.length) back.forEach((field) => field.dispatchEvent(new Event("change", { bubbles: true })));
    return back;
  }

  function send(method, key, form, body, leaving) {
    const headers = { "X-Form-Token": token(form) };
    if (body) headers["Content-Type"] = "application/json";
    return fetch(address(key), { method, headers, body, keepalive: leaving, redirect: "manual" });
  }

  function watch(form) {
    const key = form.dataset.draft;
    let timer = 0, last = "", submitted = false, said = null;
    const say = (words) => {
      if (!said) { said = document.createElement("p"); said.className = "quiet small draft-said"; form.append(said); }
      said.textContent = words;
    };
    const discard = (form_) => { sessionStorage.removeItem(KEPT + key); last = ""; return send("DELETE", key, form_).catch(() => 0); };

    async function keep(leaving) {
      clearTimeout(timer); timer = 0;
      const now = typed(form), text = JSON.stringify(now);
      if (text === last || submitted || !worth(form)) return;
      last = text;
      note(KEPT + key, { me, at: Date.now(), typed: now });
      try {
        const answer = await send("PUT", key, form, text, leaving);
        if (answer.ok) { sessionStorage.removeItem(KEPT + key); say(`已暂存 ${clock((await answer.json()).saved_at)}`); }
        else if (answer.status === 401 || answer.type === "opaqueredirect") say("登录已过期。您填的内容留在本页，请在新标签页登录后再提交。");
        else say("暂存未成功，请尽快提交。");
        if (!answer.ok) last = "";
      } catch { last = ""; say("连接中断，您填的内容留在本页。"); }
    }
    const soon = () => { clearTimeout(timer); timer = setTimeout(keep, AFTER_MS); };
    let composing = false;
    form.addEventListener("compositionstart", () => { composing = true; });
    form.addEventListener("compositionend", () => { composing = false; soon(); });
    form.addEventListener("input", (event) => { if (!composing && !event.isComposing) soon(); });
    form.addEventListener("change", soon);
    addEventListener("pagehide", () => keep(true));
    document.addEventListener("visibilitychange", () => { if (document.hidden) keep(true); });
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      note(KEPT + key, { me, at: Date.now(), typed: typed(form) });  // should the session be over, it waits here
      note(SENT, [...(read(SENT) || []), key]);
      clearTimeout(timer); submitted = true;
    });
    addEventListener("pageshow", (event) => { if (event.persisted) submitted = false; });

    function shown(at, back) {
      const place = document.createElement("p");
      place.className = "draft-note"; place.setAttribute("role", "status");
      place.append(`已恢复 ${clock(at)} 未提交的内容 · `);
      const drop = document.createElement("button");
      drop.type = "button"; drop.className = "plain"; drop.textContent = "放弃";
      drop.addEventListener("click", async () => {
        back.forEach((field) => {
          if (chosen(field)) field.checked = field.defaultChecked;
          else if (field.localName === "select") { const first = [...field.options].find((one) => one.defaultSelected) || field.options[0]; field.value = first ? first.value : ""; }
          else field.value = field.defaultValue;
        });
        clearTimeout(timer); place.remove(); await discard(form);
        back.forEach((field) => field.dispatchEvent(new Event("change", { bubbles: true })));
        clearTimeout(timer); if (back[0]) back[0].focus();
      });
      place.append(drop); form.prepend(place);
    }

    async function begin(known) {
      const waits = read(KEPT + key), mine = waits && waits.me === me;
      if (waits && !mine) sessionStorage.removeItem(KEPT + key);
      if (faulty()) return;  // the form came back with its own values
      const there = known.find((one) => `${one.form}/${one.about}` === key);
      let draft = there && (!mine || new Date(there.saved_at) > waits.at) ? null : mine && { saved_at: waits.at, fields: waits.typed };
      if (!draft && there) { const answer = await send("GET", key, form); draft = answer.ok && await answer.json(); }
      if (!draft) return;
      const back = restore(form, draft.fields);
      clearTimeout(timer); last = JSON.stringify(typed(form));
      if (back.length) shown(draft.saved_at, back);
      if (mine) { last = ""; soon(); }
    }
    return { key, begin };
  }

  // what was sent before this page: taken, when the answer was a redirect to a page that is no fault
  async function settle() {
    const sent = read(SENT) || [];
    sessionStorage.removeItem(SENT);
    const came = performance.getEntriesByType("navigation")[0];
    if (!sent.length || signingIn || faulty() || !came || came.redirectCount < 1) return;
    const any = document.querySelector("input[name=form_token]");
    for (const key of new Set(sent)) {
      sessionStorage.removeItem(KEPT + key);
      if (any) await fetch(address(key), { method: "DELETE", headers: { "X-Form-Token": any.value }, redirect: "manual" }).catch(() => 0);
    }
  }

  // Enter that ends a word of an input method is no Enter
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229) && event.target.localName === "input") event.preventDefault();
  }, true);
  // whoever signs out leaves nothing in this tab
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === "/signout") Object.keys(sessionStorage).filter((name) => name.startsWith(KEPT)).forEach((name) => sessionStorage.removeItem(name));
  });

  async function begin() {
    await settle();
    const forms = [...document.querySelectorAll("form[data-draft]")].map(watch);
    if (!forms.length || signingIn) return;
    let known = [];
    try { const answer = await fetch("/api/site/drafts", { redirect: "manual" }); if (answer.ok) known = await answer.json(); } catch { /* what waits in this tab still comes back */ }
    for (const form of forms) await form.begin(known);
  }
  begin();
})();

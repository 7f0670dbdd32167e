// Warns two minutes before the session ends and offers to stay (WCAG 2.2.1); asks the server first, for another tab may have
// been at work. Nothing typed is lost: the page stays as it is, and the sign-in leads back to it.
"use strict";
(() => {
  const AHEAD = 120;
  const place = document.getElementById("session-note");
  const first = Number(document.body.dataset.sessionLeft);
  if (!place || !first) return;
  const words = place.querySelector("[data-session-words]");
  const stay = place.querySelector("[data-session-stay]");
  const again = place.querySelector("[data-session-again]");
  const token = () => document.querySelector('input[name="form_token"]')?.value ?? "";
  let ends = Date.now() + 1000 * first;

  async function left(method) {
    const headers = method === "POST" ? { "X-Form-Token": token() } : { "X-Live": "1" };
    const answer = await fetch("/session", { method, headers });
    const told = answer.ok || answer.status === 401 ? await answer.json() : null;
    if (told) ends = Date.now() + 1000 * told.left;
  }
  const remaining = () => Math.round((ends - Date.now()) / 1000);
  const say = (text) => { if (words.textContent !== text) words.textContent = text; };

  function show() {
    const seconds = remaining();
    if (seconds > AHEAD) { place.hidden = true; return; }
    place.hidden = false;
    stay.hidden = seconds <= 0;
    again.hidden = seconds > 0;
    again.href = "/signin?next=" + encodeURIComponent(location.pathname + location.search);
    say(seconds > 0 ? `登录将在约 ${Math.max(1, Math.ceil(seconds / 60))} 分钟后结束，请先保存。` : "登录已结束。页面上填写的内容还在，重新登录后回到本页。");
  }

  async function look() {
    const before = remaining();
    if (before <= AHEAD && before > 0 && place.hidden) { try { await left("GET"); } catch { /* the note says what we know */ } }
    show();
    setTimeout(look, remaining() > AHEAD ? Math.min(30_000, 1000 * (remaining() - AHEAD) + 500) : 5_000);
  }

  stay.addEventListener("click", async () => {
    const before = ends;
    try { await left("POST"); } catch { say("连接中断，没有延长，请再试一次。"); return; }
    if (ends <= before + 1000 && remaining() <= AHEAD) { say("已登录满 8 小时，不能再延长。请保存后重新登录。"); stay.hidden = true; again.hidden = false; return; }
    show();
  });
  look();
})();

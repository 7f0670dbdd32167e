// Keeps a page fresh without reloading it: each <… id="x" data-live="SECONDS"> is fetched again and its content replaced,
// unless somebody is typing or selecting inside it. People may pause it (WCAG 2.2.2); the choice is kept in this browser.
"use strict";
(() => {
  const KEY = "bancheng-live-paused";
  const parts = () => [...document.querySelectorAll("[data-live][id]")];
  const toggles = () => [...document.querySelectorAll("[data-live-toggle]")];
  const paused = () => localStorage.getItem(KEY) === "1";
  const show = () => toggles().forEach((button) => {
    button.hidden = false;
    button.textContent = paused() ? "继续自动更新" : "暂停自动更新";
  });
  const busy = (part) => part.contains(document.activeElement) && document.activeElement !== document.body
    || (!getSelection().isCollapsed && part.contains(getSelection().anchorNode));
  const say = (words) => document.querySelectorAll("[data-live-said]").forEach((place) => { place.textContent = words; });

  async function refresh() {
    const answer = await fetch(location.href, { headers: { "X-Live": "1" }, redirect: "manual" });
    if (!answer.ok) { say("登录已过期或连接中断，显示的不是最新情况，请刷新页面。"); return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts()) {
      const next = fresh.getElementById(part.id);
      if (next && !busy(part) && next.innerHTML !== part.innerHTML) part.innerHTML = next.innerHTML;
    }
    say("");
  }

  async function turn() {
    const seconds = Math.min(...parts().map((part) => Number(part.dataset.live) || 15));
    if (!paused() && !document.hidden) {
      try { await refresh(); } catch { say("连接中断，显示的不是最新情况。"); }
    }
    setTimeout(turn, 1000 * seconds);
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-live-toggle]")) return;
    localStorage.setItem(KEY, paused() ? "0" : "1");
    show();
  });
  if (parts().length) { show(); setTimeout(turn, 1000 * Math.min(...parts().map((part) => Number(part.dataset.live) || 15))); }
})();
// A long row of entries begins where the page belongs.
(() => {
  const here = document.querySelector(".top nav [aria-current]"), row = here && here.parentElement;
  if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
})();

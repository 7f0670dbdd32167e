// The clerk's form: what is known stands beside it while typing, the signature is drawn, files are pasted or dropped; and the slip is
// printed. Everything works without it but the drawing, and then another way of confirming is chosen.
"use strict";
(() => {
  document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => print()); });
  const form = document.getElementById("register");
  if (!form) return;
  const by = (id) => document.getElementById(id);
  const make = (name, words, kind) => { const made = document.createElement(name); if (words) made.textContent = words; if (kind) made.className = kind; return made; };

  // ── what is known ──
  const [phone, item, text] = ["phone", "item", "text"].map(by);
  const read = by("phone-read"), usual = read.textContent, place = by("known"), plain = place.textContent, hints = by("item-hints");
  let timer = 0, asked = 0, last = "";

  function card(one, same) {
    const made = make("div", "", `known${same ? " same" : ""}`), head = make("p");
    const link = make("a", one.case_no, "no"); link.href = `/router/cases/${one.case_no}`; link.target = "_blank"; link.rel = "noopener"; link.append(make("span", "（新标签页打开）", "sr"));
    head.append(link, ` ${one.state}`); made.append(head, make("p", `${one.item} · ${one.person} · ${one.received} ${one.site}`));
    if (!one.ended) made.append(make("p", `答复期限 ${one.due}`));
    if (one.why) made.append(make("p", `为什么相似：${one.why}`, "quiet"));
    if (one.answer) made.append(make("p", `当时的答复：${one.answer}`, "answer"));
    return made;
  }
  function show(told) {
    read.textContent = told.phone ? `✓ ${told.phone}` : phone.value.trim().length > 6 && told.fault ? told.fault : usual;
    read.classList.toggle("good", !!told.phone);
    hints.replaceChildren(...told.items.map((hint) => {
      const button = make("button", hint.name); button.type = "button"; button.append(make("small", `${hint.unit} · ${hint.why}`));
      button.addEventListener("click", () => { item.value = hint.name; item.dispatchEvent(new Event("input", { bubbles: true })); item.focus(); });
      return button;
    }));
    const parts = [];
    if (told.phone) {
      const same = told.own.filter((one) => one.same_item && !one.ended);
      if (same.length) parts.push(make("p", "此人同一事项正在办理。没有新情况：不必再登记，告诉研判人员并入原件（并案），原件记一次重复反映；有新情况或是另一件事：仍要登记。", "warn-same"));
      parts.push(make("h3", "此人 90 天内"));
      parts.push(...(told.own.length ? told.own.map((one) => card(one, one.same_item)) : [make("p", "没有反映过。", "quiet")]));
    }
    if (told.like.length) parts.push(make("h3", "相似的事"), ...told.like.map((one) => card(one, false)));
    else if (item.value || text.value) parts.push(make("h3", "相似的事"), make("p", "近期没有相似的事。", "quiet"));
    by("known-said").textContent = parts.length ? `已知情况：此人 ${told.own.length} 件，相似的事 ${told.like.length} 件` : "";
    place.replaceChildren(...(parts.length ? parts : [make("p", plain.trim(), "quiet")]));
  }
  async function ask() {
    const typing = { phone: phone.value.slice(0, 60), item: item.value.slice(0, 200), text: text.value.slice(0, 2000) }, said = JSON.stringify(typing);
    if (said === last) return;
    last = said;
    const mine = ++asked;
    try {
      const answer = await fetch("/api/intake/beside", { method: "POST", headers: { "Content-Type": "application/json", "X-Form-Token": form.elements.form_token.value }, body: said, redirect: "manual" });
      if (answer.ok && mine === asked) show(await answer.json());
    } catch { last = ""; }
  }
  const soon = (event) => { if (!event.isComposing) { clearTimeout(timer); timer = setTimeout(ask, 200); } };
  for (const field of [phone, item, text]) { field.addEventListener("input", soon); field.addEventListener("change", soon); field.addEventListener("compositionend", () => soon({})); }
  const left = by("text-left"), about = left.textContent;
  text.addEventListener("input", () => { left.textContent = text.value ? `还可写 ${1000 - text.value.length} 字` : about; });
  if (phone.value || item.value || text.value) ask();

  // ── the signature ──
  const pad = by("signature"), drawn = by("signature-drawn"), clear = by("signature-clear"), said = by("signature-said");
  const pen = pad.getContext("2d");
  let strokes = 0, down = false;
  pad.hidden = clear.hidden = !!document.querySelector(".signed input[name=dropped]:not(:checked)");
  document.querySelectorAll(".signed input[name=dropped]").forEach((again) => again.addEventListener("change", () => { pad.hidden = clear.hidden = !again.checked; }));
  const at = (event) => { const box = pad.getBoundingClientRect(); return [(event.clientX - box.left) * pad.width / box.width, (event.clientY - box.top) * pad.height / box.height]; };
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault(); pad.setPointerCapture(event.pointerId); down = true; strokes += 1;
    pen.lineWidth = 6; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#111";
    pen.beginPath(); pen.moveTo(...at(event)); pen.lineTo(...at(event)); pen.stroke();
  });
  pad.addEventListener("pointermove", (event) => { if (down) { pen.lineTo(...at(event)); pen.stroke(); } });
  const up = () => { if (down) { down = false; said.textContent = "已签名"; } };
  pad.addEventListener("pointerup", up); pad.addEventListener("pointercancel", up);
  clear.addEventListener("click", () => { pen.clearRect(0, 0, pad.width, pad.height); strokes = 0; said.textContent = ""; });
  form.addEventListener("submit", () => { drawn.value = strokes && form.elements.confirm_method.value === "PAD" ? pad.toDataURL("image/png") : ""; });

  // ── files: pasted, dropped, too large ──
  const files = by("files"), told = by("files-said"), drop = files.closest(".drop");
  function add(more) {
    const held = new DataTransfer();
    for (const one of [...files.files, ...more]) held.items.add(one);
    files.files = held.files; files.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const wrong = () => {
    const all = [...files.files, ...by("scan").files];
    const large = all.find((one) => one.size > 5e6);
    if (large) return `${large.name} 超过 5 MB，请缩小后再选。`;
    if (files.files.length > 5) return "附件最多 5 个，请去掉几个。";
    return all.reduce((sum, one) => sum + one.size, 0) > 25e6 ? "文件合计超过 25 MB，请分开提交。" : "";
  };
  [files, by("scan")].forEach((field) => field.addEventListener("change", () => { told.textContent = wrong(); }));
  form.addEventListener("submit", (event) => { const why = wrong(); if (why) { event.preventDefault(); told.textContent = why; files.focus(); } }, true);
  addEventListener("paste", (event) => { const held = [...(event.clipboardData ? event.clipboardData.files : [])]; if (held.length) { event.preventDefault(); add(held); } });
  for (const kind of ["dragover", "dragleave", "drop"]) drop.addEventListener(kind, (event) => {
    event.preventDefault(); drop.classList.toggle("over", kind === "dragover");
    if (kind === "drop") add(event.dataTransfer.files);
  });
})();

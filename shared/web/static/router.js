// Router's pages: a due date that follows the grade, units found by typing, a suggestion taken by one press, a number copied.
// Everything here has a way without it: a button that asks for the preview, the whole list, the box to type into.
"use strict";
(() => {
  const text = (parent, tag, words, name) => {
    const made = document.createElement(tag);
    made.textContent = words;
    if (name) made.className = name;
    parent.append(made);
    return made;
  };

  const form = document.querySelector("form[data-preview]");
  if (form) {
    const place = form.querySelector("[data-previewed]");
    const chosen = (name) => form.querySelector(`input[name="${name}"]:checked`);
    form.querySelector("[data-without-script]").hidden = true;
    const show = (found) => {
      place.replaceChildren();
      text(text(place, "p", ""), "strong", found.says);
      const days = text(place, "ol", "", "days");
      for (const day of found.days) {
        const why = day.counted ? `第 ${day.counted} 个工作日` + (day.why && day.why !== "工作日" ? `（${day.why}）` : "") : day.why;
        text(days, "li", `${day.days}：${why}`, day.counted ? "" : "off");
      }
      place.hidden = false;
    };
    const ask = async () => {
      const grade = chosen("grade");
      if (!grade) return;
      const asked = { case_no: form.dataset.case, grade: grade.value };
      if (chosen("category")) asked.category = chosen("category").value;
      const token = form.querySelector("[name=form_token]").value;
      try {
        const answer = await fetch(form.dataset.preview, {
          method: "POST", headers: { "content-type": "application/json", "x-form-token": token }, body: JSON.stringify(asked),
        });
        if (answer.ok) show(await answer.json());
      } catch { place.hidden = true; }
    };
    form.addEventListener("change", (event) => {
      if (["grade", "category"].includes(event.target.name)) ask();
    });
    if (!place.childElementCount) ask();
  }

  document.querySelectorAll("[data-take]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.take);
      field.value = button.dataset.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  });

  document.querySelectorAll("[data-many]").forEach((list) => {
    const box = document.createElement("input");
    box.className = "many-find";
    box.setAttribute("aria-label", "按名称筛选：" + list.querySelector("legend").textContent);
    box.placeholder = "输入几个字筛选";
    box.autocomplete = "off";
    list.querySelector(".options").before(box);
    box.addEventListener("input", () => list.querySelectorAll(".option").forEach((option) => {
      option.hidden = !option.textContent.includes(box.value.trim()) && !option.querySelector("input").checked;
    }));
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  });

  document.querySelectorAll("[data-copy]").forEach((number) => {
    if (!navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = "复制编号";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(number.textContent.trim());
      button.textContent = "已复制";
    });
    number.after(button);
  });
})();

// Hides what was shown in clear after its time: <… data-hide-after="SECONDS">. The server keeps it on no address; this is for the screen.
"use strict";
document.querySelectorAll("[data-hide-after]").forEach((part) => {
  setTimeout(() => {
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    said.textContent = "已隐去。需要再看，请重新写明原因。";
    part.replaceChildren(said);
  }, 1000 * Number(part.dataset.hideAfter));
});

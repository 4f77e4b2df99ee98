// Keys reach the desk without a click first.
window.addEventListener("load", () => document.querySelector(".xterm-helper-textarea")?.focus());

// Fills in the browser's time zone where none was chosen yet, so that most have nothing to type. Browsers still call some
// zones by a former name, such as Asia/Calcutta.

import { zoneCalled } from "./zones.js";

const field = document.querySelector("[data-browser-zone]");
const called = field.value ? "" : await zoneCalled(Intl.DateTimeFormat().resolvedOptions().timeZone);
if (called && !field.value) field.value = called;

// Follows a running simulation; when it is over, the page anew.
import { follow } from "./follow.js";

follow(document.querySelector("[data-simulation]").dataset.simulation, () => location.reload());

// A conversation with the server's model, over the API that any other client uses.

const LOOK_MILLIS = 1000;
const LOOK_WHILE_IDLE_MILLIS = 5000;

const $ = (selector) => document.querySelector(selector);
const turns = $("#turns");
const question = $("#question");
const conversation = [];
let model = null;
let session = crypto.randomUUID?.() ?? String(Math.random()); // Under which this conversation's use is counted.
let going = null; // What stops the answer that is coming.

async function look() {
  try {
    const answer = await fetch("/chat/status", { headers: { Accept: "application/json" } });
    const status = await answer.json();
    if (!answer.ok) throw new Error(status.detail);
    model = status.model ?? model ?? (await firstModel());
    $("#model").textContent = model;
    $("#context").textContent = status.context ? `${status.context} tokens` : "–";
    $("#kv").value = status.kv;
    $("#kv-share").textContent = `${(100 * status.kv).toFixed(status.kv < 0.1 ? 1 : 0)} %`;
    $("#running").textContent = status.running;
    $("#waiting").textContent = status.waiting;
  } catch (error) {
    $("#model").textContent = `not there: ${error.message}`;
  }
}

// A router does not know what its servers run; they do.
async function firstModel() {
  const answer = await fetch("/v1/models");
  const list = await answer.json();
  if (!answer.ok) throw new Error(list.error?.message ?? list.detail);
  return list.data[0].id;
}

async function keepLooking() {
  if (!document.hidden) await look();
  setTimeout(keepLooking, going ? LOOK_MILLIS : LOOK_WHILE_IDLE_MILLIS);
}

function turn(role, text) {
  const item = document.createElement("div");
  item.className = `turn ${role}`;
  const who = document.createElement("span");
  who.className = "who";
  who.textContent = role === "user" ? "You" : model;
  const words = document.createElement("div");
  words.className = "text";
  words.textContent = text;
  item.append(who, words);
  turns.append(item);
  item.scrollIntoView({ block: "end" });
  return item;
}

function note(item, kind, text) {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  item.append(line);
  $("#said").textContent = text;
}

// Other servers have other ways to say what is wrong.
function reason(problem) {
  return problem.error?.message ?? problem.error ?? problem.detail ?? JSON.stringify(problem);
}

// The data of each event of a stream, as text.
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) if (part.startsWith("data: ")) yield part.slice(6);
  }
}

async function ask(text) {
  turn("user", text);
  conversation.push({ role: "user", content: text });
  const item = turn("assistant", "");
  item.classList.add("going");
  const words = item.querySelector(".text");
  going = new AbortController();
  $("#send").disabled = true;
  $("#stop").hidden = false;
  const sent = performance.now();
  let first = 0;
  let said = "";
  let usage = null;
  let why = null;
  try {
    const answer = await fetch("/v1/chat/completions", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Session-Id": session },
      signal: going.signal,
      body: JSON.stringify({
        model,
        messages: conversation,
        stream: true,
        stream_options: { include_usage: true },
        temperature: Number($("#temperature").value),
        max_completion_tokens: Number($("#longest").value),
      }),
    });
    if (!answer.ok) throw new Error(reason(await answer.json()));
    for await (const data of events(answer.body)) {
      if (data === "[DONE]") break;
      const chunk = JSON.parse(data);
      if (chunk.error) throw new Error(chunk.error.message);
      if (chunk.usage) usage = chunk.usage;
      for (const choice of chunk.choices) {
        if (choice.delta.content) {
          first ||= performance.now();
          said += choice.delta.content;
          words.textContent = said;
          item.scrollIntoView({ block: "end" });
        }
        why = choice.finish_reason ?? why;
      }
    }
    measured(item, usage, { sent, first, last: performance.now() }, why);
  } catch (error) {
    if (error.name === "AbortError") note(item, "measured", "stopped");
    else note(item, "problem", error.message);
  } finally {
    conversation.push({ role: "assistant", content: said });
    item.classList.remove("going");
    going = null;
    $("#send").disabled = false;
    $("#stop").hidden = true;
    question.focus();
    look();
    showUse();
  }
}

// What the server has booked on this conversation.
async function showUse() {
  if (!$("#used-prompt")) return;
  const answer = await fetch(`/v1/usage?session=${encodeURIComponent(session)}`);
  const used = answer.ok ? (await answer.json()).sessions[0] : null;
  $("#used-prompt").textContent = used?.prompt_tokens ?? 0;
  $("#used-answer").textContent = used?.completion_tokens ?? 0;
  $("#used-seconds").textContent = `${(used?.accelerator_seconds ?? 0).toFixed(2)} s`;
  $("#used-dollars").textContent = used?.dollars ? `$${used.dollars.toPrecision(2)}` : "–";
}

function measured(item, usage, at, why) {
  const ttft = at.first ? `${Math.round(at.first - at.sent)} ms` : "–";
  const seconds = (at.last - at.first) / 1000;
  const tokens = usage?.completion_tokens ?? 0;
  const speed = at.first && tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : 0;
  const rate = speed ? speed.toFixed(speed < 10 ? 1 : 0) : "–";
  const prompt = usage?.prompt_tokens ?? "–";
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? "–";
  $("#ttft").textContent = ttft;
  $("#speed").textContent = rate;
  $("#prompt-tokens").textContent = prompt;
  $("#cached").textContent = cached;
  const cut = why === "length" ? " · cut off at the longest answer" : "";
  note(
    item,
    "measured",
    `${tokens} tokens · first after ${ttft} · ${rate} tokens/s · ${cached} of ${prompt} prompt tokens from the cache${cut}`,
  );
}

$("#ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = question.value.trim();
  if (!text || going) return;
  question.value = "";
  if (!model) await look();
  ask(text);
});
question.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("#ask").requestSubmit();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && going) going.abort();
});
$("#stop").addEventListener("click", () => going?.abort());
$("#anew").addEventListener("click", () => {
  going?.abort();
  conversation.length = 0;
  session = crypto.randomUUID?.() ?? String(Math.random());
  showUse();
  turns.replaceChildren();
  $("#said").textContent = "";
  question.focus();
});

keepLooking();

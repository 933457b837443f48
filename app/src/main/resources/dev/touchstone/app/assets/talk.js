// Thinking aloud: records the microphone while somebody works, and hands each take to the server.
export function talk(attempt) {
  const section = document.querySelector("#talk");
  const button = document.querySelector("#record");
  const said = document.querySelector("#recording");
  if (!navigator.mediaDevices || !window.MediaRecorder) return;
  section.hidden = false;
  let recorder = null;

  button.addEventListener("click", async () => {
    if (recorder) {
      recorder.stop();
      return;
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      recorder = new MediaRecorder(stream, { mimeType: "audio/webm" });
      const parts = [];
      recorder.addEventListener("dataavailable", (event) => {
        parts.push(event.data);
        if (event.data.size > 0) said.textContent = "recording";
      });
      recorder.addEventListener("stop", () => {
        stream.getTracks().forEach((track) => track.stop());
        recorder = null;
        button.textContent = "Record";
        keep(new Blob(parts, { type: "audio/webm" }));
      });
      recorder.start(250);
      button.textContent = "Stop";
      said.textContent = "starting…"; // Until something is heard: a take without it would be empty.
    } catch (error) {
      said.textContent = `No recording: ${error.message}`;
    }
  });

  async function keep(blob) {
    said.textContent = "keeping it…";
    const answer = await fetch(`/attempts/${attempt}/recordings`, {
      method: "POST",
      headers: { "Content-Type": "audio/webm", Accept: "application/json" },
      body: blob,
    });
    const body = await answer.json();
    said.textContent = answer.ok ? `kept as ${body.name}; it plays beside your answer` : body.detail;
  }
}

/* Covering faces and plates before a photo leaves the device, or at the desk: drag a frame over them. By keyboard the
   arrows move the frame, + and - change its size, Enter covers. Works on canvas; without script staff cover instead. */
(() => {
  "use strict";
  const BLOCKS = 5, MOST = 2400;
  const dialog = document.querySelector("[data-blur-dialog]");
  if (!dialog || !dialog.showModal) return;
  const canvas = dialog.querySelector("canvas"), pen = canvas.getContext("2d");
  let picture, boxes, frame, done, isDragging = false;

  function coarse(box) {
    const [x, y, w, h] = box.map(Math.round);
    if (w < 2 || h < 2) return;
    const small = document.createElement("canvas");
    small.width = Math.min(BLOCKS, w);
    small.height = Math.min(BLOCKS, h);
    const brush = small.getContext("2d");
    brush.imageSmoothingQuality = "high";
    brush.drawImage(canvas, x, y, w, h, 0, 0, small.width, small.height);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, 0, 0, small.width, small.height, x, y, w, h);
  }

  function draw(withFrame = true) {
    pen.imageSmoothingEnabled = true;
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    boxes.forEach(coarse);
    if (!withFrame) return;
    pen.lineWidth = Math.max(2, canvas.width / 300);
    pen.setLineDash([pen.lineWidth * 3, pen.lineWidth * 2]);
    for (const [colour, shift] of [["#fff", 0], ["#000", pen.lineWidth * 2.5]]) {
      pen.strokeStyle = colour;
      pen.lineDashOffset = shift;
      pen.strokeRect(...frame);
    }
  }

  function open(source, whenDone) {
    const scale = Math.min(1, MOST / Math.max(source.width, source.height));
    picture = source;
    canvas.width = Math.round(source.width * scale);
    canvas.height = Math.round(source.height * scale);
    boxes = [];
    done = whenDone;
    const side = Math.min(canvas.width, canvas.height) / 5;
    frame = [(canvas.width - side) / 2, (canvas.height - side) / 2, side, side];
    draw();
    dialog.showModal();
    canvas.focus();
  }

  const place = (event) => {
    const area = canvas.getBoundingClientRect();
    return [(event.clientX - area.left) * canvas.width / area.width, (event.clientY - area.top) * canvas.height / area.height];
  };
  const apply = () => { if (frame[2] > 4 && frame[3] > 4) boxes.push([...frame]); draw(); };

  let start;
  canvas.addEventListener("pointerdown", (event) => { isDragging = true; start = place(event); canvas.setPointerCapture(event.pointerId); event.preventDefault(); canvas.focus(); });
  canvas.addEventListener("pointermove", (event) => {
    if (!isDragging) return;
    const [x, y] = place(event);
    frame = [Math.min(x, start[0]), Math.min(y, start[1]), Math.abs(x - start[0]), Math.abs(y - start[1])];
    draw();
  });
  canvas.addEventListener("pointerup", () => { if (isDragging) apply(); isDragging = false; });
  canvas.addEventListener("pointercancel", () => { isDragging = false; });
  canvas.addEventListener("keydown", (event) => {
    const pace = canvas.width / 40;
    const moves = { ArrowLeft: [-pace, 0, 0, 0], ArrowRight: [pace, 0, 0, 0], ArrowUp: [0, -pace, 0, 0], ArrowDown: [0, pace, 0, 0], "+": [-pace / 2, -pace / 2, pace, pace], "=": [-pace / 2, -pace / 2, pace, pace], "-": [pace / 2, pace / 2, -pace, -pace] };
    if (moves[event.key]) frame = frame.map((value, at) => value + moves[event.key][at]);
    else if (event.key === "Enter" || event.key === " ") { apply(); event.preventDefault(); return; }
    else return;
    event.preventDefault();
    frame[2] = Math.max(pace, Math.min(frame[2], canvas.width));
    frame[3] = Math.max(pace, Math.min(frame[3], canvas.height));
    frame[0] = Math.max(0, Math.min(frame[0], canvas.width - frame[2]));
    frame[1] = Math.max(0, Math.min(frame[1], canvas.height - frame[3]));
    draw();
  });
  dialog.querySelector("[data-blur-undo]").addEventListener("click", () => { boxes.pop(); draw(); });
  dialog.querySelector("[data-blur-cancel]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-blur-done]").addEventListener("click", async () => { draw(false); await done(); dialog.close(); });

  // The report form: a button for each chosen photo; the covered one takes its place in the field.
  document.querySelectorAll("[data-previews]").forEach((holder) => {
    const input = holder.querySelector('input[type="file"]');
    const row = document.createElement("div");
    row.className = "row";
    holder.after(row);
    input.addEventListener("change", () => {
      row.replaceChildren(...[...input.files].filter((file) => file.type.startsWith("image/")).map((file, at) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn btn-quiet";
        button.textContent = dialog.dataset.label.replace("{number}", at + 1);
        button.addEventListener("click", async () => {
          let source;
          try { source = await createImageBitmap(file); } catch { button.textContent = dialog.dataset.failed; button.disabled = true; return; }
          // The dialog stays until the covered photo is in its place: nobody sends the open one in between.
          open(source, () => boxes.length && new Promise((covered) => canvas.toBlob((blob) => {
            const files = new DataTransfer();
            for (const one of input.files) files.items.add(one === file ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : one);
            input.files = files.files;
            input.dispatchEvent(new Event("change", { bubbles: true }));
            covered();
          }, "image/jpeg", 0.9)));
        });
        return button;
      }));
    });
  });

  // The desk: frames go as percentages into the text field, one line each.
  document.querySelectorAll("[data-blur-image]").forEach((button) => {
    const image = document.getElementById(button.dataset.blurImage), field = document.getElementById(button.dataset.blurField);
    button.addEventListener("click", async () => {
      await image.decode();
      open(await createImageBitmap(image), () => {
        const percent = (value, side) => Math.max(0, Math.min(100, 100 * value / side)).toFixed(1);
        field.value = boxes.map(([x, y, w, h]) => [percent(x, canvas.width), percent(y, canvas.height), percent(w, canvas.width), percent(h, canvas.height)].join(" ")).join("\n");
      });
    });
  });
})();

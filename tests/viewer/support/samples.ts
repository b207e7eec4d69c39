/**
 * Small files of each type that a run may have, made here byte for byte.
 */
import { crc32 } from "node:zlib";
import { deflateSync } from "node:zlib";

/** A PNG of one colour gradient. */
export function png(width: number, height: number, hue: number): Uint8Array {
  const raw = new Uint8Array((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      raw[at] = (x * 255 / width + hue) % 256;
      raw[at + 1] = y * 255 / height;
      raw[at + 2] = 160 - hue / 2;
    }
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8); // bits a channel
  header.setUint8(9, 2); // RGB
  return joined([
    new Uint8Array([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = joined([new TextEncoder().encode(type), data]);
  const bytes = new Uint8Array(body.length + 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(body, 4);
  view.setUint32(body.length + 4, crc32(body));
  return bytes;
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** A WAV of one tone, half a second long. */
export function wav(hertz: number): Uint8Array {
  const rate = 8_000;
  const samples = rate / 2;
  const view = new DataView(new ArrayBuffer(44 + samples * 2));
  const text = (at: number, word: string) =>
    Array.from(word, (sign, index) => view.setUint8(at + index, sign.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + samples * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // mono
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples * 2, true);
  for (let at = 0; at < samples; at++) {
    view.setInt16(44 + at * 2, Math.sin(at / rate * hertz * 2 * Math.PI) * 8_000, true);
  }
  return new Uint8Array(view.buffer);
}

/** A confusion matrix as SVG, as plots are logged. */
export function svg(accuracy: number): string {
  const cells = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => {
      const share = row === column ? accuracy : (1 - accuracy) / 2;
      const fill = `rgb(${255 - share * 200},${255 - share * 120},255)`;
      return `<rect x="${column * 60 + 20}" y="${
        row * 60 + 20
      }" width="58" height="58" fill="${fill}"/>` +
        `<text x="${column * 60 + 49}" y="${row * 60 + 54}" text-anchor="middle" font-size="14">${
          share.toFixed(2)
        }</text>`;
    })
  ).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="220" height="220">${cells}</svg>`;
}

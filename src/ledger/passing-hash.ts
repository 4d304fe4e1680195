// Hashes for millions of rows, one after the other: the same as those of tree.ts and texts.ts, without a buffer for each
// of them. What they write into is one for the whole program: nothing waits between writing into it and reading it.
import { hash } from 'node:crypto';

const nodeBytes = 32;
const saltBytes = 16;
const keptViews = 2048;

/** Room to put together what is hashed. A view of each length is made once. */
class Scratch {
  #buffer = Buffer.alloc(keptViews);
  #views: (Buffer | undefined)[] = [];

  /** At least so long. */
  room(length: number): Buffer {
    if (this.#buffer.length < length) {
      this.#buffer = Buffer.alloc(2 * length);
      this.#views = [];
    }
    return this.#buffer;
  }

  first(length: number): Buffer {
    if (length >= keptViews) return this.#buffer.subarray(0, length);
    return (this.#views[length] ??= this.#buffer.subarray(0, length));
  }
}

const leaf = new Scratch();
const node = Buffer.alloc(1 + 2 * nodeBytes, 0x01);
const sealed = new Scratch();

/** SHA-256(0x00 ‖ body), a character for each byte. */
export function leafDigest(body: Uint8Array): string {
  const room = leaf.room(body.length + 1);
  room[0] = 0x00;
  room.set(body, 1);
  return hash('sha256', leaf.first(body.length + 1), 'binary');
}

/** SHA-256(0x01 ‖ left ‖ right), a character for each byte. */
export function nodeDigest(left: Uint8Array, right: Uint8Array): string {
  node.set(left, 1);
  node.set(right, 1 + nodeBytes);
  return hash('sha256', node, 'binary');
}

/** Whether `bytes` from `at` on are those of a digest. */
export function isDigest(digest: string, bytes: Uint8Array, at: number): boolean {
  if (bytes.length < at + nodeBytes) return false;
  for (let index = 0; index < nodeBytes; index += 1) if (digest.charCodeAt(index) !== bytes[at + index]) return false;
  return true;
}

/** SHA-256 over salt and text, hex. @param salt 32 hex digits in lower case; undefined is answered for any other */
export function commitmentOf(salt: string, text: string): string | undefined {
  const room = sealed.room(saltBytes + 3 * text.length);
  if (salt.length !== 2 * saltBytes) return undefined;
  for (let index = 0; index < saltBytes; index += 1) {
    const [high, low] = [digitAt(salt, 2 * index), digitAt(salt, 2 * index + 1)];
    if (high < 0 || low < 0) return undefined;
    room[index] = 16 * high + low;
  }
  const end = saltBytes + (writeAscii(room, text) ? text.length : room.write(text, saltBytes, 'utf8'));
  return hash('sha256', sealed.first(end), 'hex');
}

const digits = Int8Array.from({ length: 128 }, (_, code) => '0123456789abcdef'.indexOf(String.fromCharCode(code)));

/** Below zero for anything else. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? (digits[code] ?? -1) : -1;
}

/** False when it is more than that. */
function writeAscii(room: Buffer, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    room[saltBytes + index] = code;
  }
  return true;
}

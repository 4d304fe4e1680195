import { readFileSync } from 'node:fs';

/** A value that prints as «secret» however it is printed. Only {@link reveal} gives it away. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '«secret»';
  }

  toJSON(): string {
    return '«secret»';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '«secret»';
  }
}

/** The content of a secret's file without its closing line break. Throws what node:fs throws. */
export const readSecretFile = (path: string): Secret => new Secret(readFileSync(path, 'utf8').replace(/\r?\n$/, ''));

/** Whether a PEM file can be read and holds both. Asked at start: later it would show as "no token", at a question. */
export function holdsCertificateAndKey(path: string): boolean {
  try {
    const pem = readFileSync(path, 'utf8');
    return pem.includes('-----BEGIN CERTIFICATE-----') && /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(pem);
  } catch {
    return false;
  }
}

// In whose name Graph is asked for a key or a rotation: Keydesk's own, or that of the person who pressed.

/** A token of a sign-in, or for Graph. Prints as «token» however it is printed; only {@link reveal} gives it away. */
export class Token {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '«token»';
  }

  toJSON(): string {
    return '«token»';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '«token»';
  }
}

/** `onBehalfOf`: a token for Graph in the name of a person, for one call; nobody keeps it. */
export type Authority = 'application' | { readonly onBehalfOf: Token };

/** Why no package can be made, and what helps. The message holds no value of an environment. */
export class PackageError extends Error {
  override readonly name = 'PackageError';
  readonly remedy: string;

  constructor(what: string, remedy: string) {
    super(what);
    this.remedy = remedy;
  }
}

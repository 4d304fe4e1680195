/** What the edge needs of a log. Fields and ids only; an error goes under `err` and loses its message there. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

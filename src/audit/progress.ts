// Signs of life during long work, on the standard error: none for what takes a few seconds.
const everyMs = 5000;

/** The same batches, passed on; says how many rows have passed. @param what the rows are */
export async function* withProgress<T>(batches: AsyncIterable<readonly T[]>, what: string): AsyncGenerator<readonly T[], void> {
  let count = 0;
  let next = Date.now() + everyMs;
  for await (const batch of batches) {
    yield batch;
    count += batch.length;
    if (Date.now() < next) continue;
    console.error(`… ${count} ${what}`);
    next = Date.now() + everyMs;
  }
}

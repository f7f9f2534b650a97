import type { WriteStream } from "node:tty"

const barWidth = 30
const barPauseMs = 50
const linePauseMs = 2_000

/**
 * Shows how many of `total` are done: on a terminal as a bar that disappears at the end, otherwise
 * as a line every two seconds.
 */
export const to = (
  stream: Pick<WriteStream, "isTTY" | "write">,
  total: number
): ((done: number) => void) => {
  const pauseMs = stream.isTTY ? barPauseMs : linePauseMs
  let next = performance.now() + pauseMs
  return (done) => {
    const isLast = done === total
    if (!(isLast && stream.isTTY) && performance.now() < next) return
    next = performance.now() + pauseMs
    const count = `${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} calls`
    if (!stream.isTTY) stream.write(`${count}\n`)
    else stream.write(isLast ? clearLine : `${clearLine}${bar(done / total)} ${count}`)
  }
}

const clearLine = "\r\u001b[K"

const bar = (part: number): string =>
  `[${"#".repeat(Math.floor(part * barWidth)).padEnd(barWidth)}]`

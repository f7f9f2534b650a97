/** The layout of generated files. */

const width = 100

/** Wraps words into lines of at most `room` columns. */
const wrapped = (text: string, room: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** `code` with a doc comment above it. */
export const documented = (doc: string | undefined, code: string): string => {
  if (doc === undefined) return code
  if (doc.length <= width - 8) return `/** ${doc} */\n${code}`
  return ["/**", ...wrapped(doc, width - 4).map((line) => ` * ${line}`), " */", code].join("\n")
}

/** A generated file. */
export const headed = (title: string, parts: ReadonlyArray<string>): string =>
  [documented(`${title} Printed from the declarations by \`npm run contract\`.`, ""), ...parts]
    .join("\n\n")
    .replace(/\n{3,}/g, "\n\n") + "\n"

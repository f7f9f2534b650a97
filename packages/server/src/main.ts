#!/usr/bin/env node
/**
 * `node main.ts --help` lists the options. Checks the Node version before loading anything that
 * requires it.
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major > 22 || (major === 22 && minor >= 19)) {
  const { main } = await import("./cli.ts")
  main(process.argv.slice(2), process.env)
} else {
  console.error(
    `This is Node ${process.versions.node}, and Node 22.19 or newer is needed: install it and start again.`
  )
  process.exitCode = 1
}

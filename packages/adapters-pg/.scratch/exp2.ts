import { Effect, Layer } from "effect"
import fs from "node:fs"
import { PgDatabase, Projections } from "../src/index.ts"
import * as ServerProcess from "../test/support/ServerProcess.ts"
import { orderFlow } from "../bench/orderFlow.ts"
import { readOf } from "../test/support/venueJournal.ts"
const flow = orderFlow(40000, 512)
const cpu = () => { let t=0; for (const d of fs.readdirSync("/proc")) { if(!/^\d+$/.test(d)) continue; try { const s=fs.readFileSync(`/proc/${d}/stat`,"utf8"); const c=fs.readFileSync(`/proc/${d}/cmdline`,"utf8"); const f=s.slice(s.lastIndexOf(")")+2).split(" "); if (c.startsWith("postgres:") ) { t+=(Number(f[11])+Number(f[12]))*10; } } catch {} } return t }
const variants: Record<string, string[]> = {
  base: [],
  noposting: ["DROP TRIGGER post_entries ON pandora.ledger_entry"],
  nobrin: ["DROP INDEX pandora.ledger_entry_sequence"],
  nopk: ["ALTER TABLE pandora.ledger_entry DROP CONSTRAINT ledger_entry_pkey"],
  nocheck: ["ALTER TABLE pandora.ledger_entry DROP CONSTRAINT ledger_entry_amount_check"],
  nothing: ["DROP TRIGGER post_entries ON pandora.ledger_entry","DROP INDEX pandora.ledger_entry_sequence","ALTER TABLE pandora.ledger_entry DROP CONSTRAINT ledger_entry_pkey"],
}
for (const [name, sqls] of Object.entries(variants)) {
const server = await ServerProcess.make({})
await Effect.runPromise(Effect.gen(function*(){
  const p = yield* Projections.Projections
  const {sql} = yield* PgDatabase.PgDatabase
  for (const s of sqls) yield* sql.unsafe(s)
  const c0=cpu(), u0=process.cpuUsage(), t=performance.now()
  yield* p.catchUp(readOf(flow.batches))
  const c1 = cpu()
  const u=process.cpuUsage(u0)
  console.log(name, "wall", Math.round(performance.now()-t), "pg cpu", c1-c0, "node cpu", Math.round((u.user+u.system)/1000))
}).pipe(Effect.provide(Layer.provideMerge(Projections.layer(), PgDatabase.layer({ url: server.urlOf("postgres") })))))
await server.dispose()
}

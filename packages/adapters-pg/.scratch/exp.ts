import { Effect, Layer } from "effect"
import fs from "node:fs"
import { PgDatabase, Projections } from "../src/index.ts"
import * as ServerProcess from "../test/support/ServerProcess.ts"
import { orderFlow } from "../bench/orderFlow.ts"
import { readOf } from "../test/support/venueJournal.ts"
const server = await ServerProcess.make({settings: process.argv.slice(3)})
const flow = orderFlow(Number(process.argv[2] ?? 60000), 512)
const cpu = () => { let t=0; for (const d of fs.readdirSync("/proc")) { if(!/^\d+$/.test(d)) continue; try { const s=fs.readFileSync(`/proc/${d}/stat`,"utf8"); const c=fs.readFileSync(`/proc/${d}/cmdline`,"utf8"); const f=s.slice(s.lastIndexOf(")")+2).split(" "); if (c.startsWith("postgres:") ) { t+=(Number(f[11])+Number(f[12]))*10; } } catch {} } return t }
await Effect.runPromise(Effect.gen(function*(){
  const p = yield* Projections.Projections
  const c0=cpu(), u0=process.cpuUsage(), t=performance.now()
  yield* p.catchUp(readOf(flow.batches))
  const u=process.cpuUsage(u0)
  console.log("wall", Math.round(performance.now()-t), "pg cpu", cpu()-c0, "node cpu", Math.round((u.user+u.system)/1000), "orders/s wall", Math.round(flow.orders/(performance.now()-t)*1000))
}).pipe(Effect.provide(Layer.provideMerge(Projections.layer(), PgDatabase.layer({ url: server.urlOf("postgres") })))))
await server.dispose()

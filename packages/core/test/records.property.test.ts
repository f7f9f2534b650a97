import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import * as Command from "../src/Command.ts"
import * as Event from "../src/Event.ts"
import * as Layout from "../src/Layout.ts"
import { requestKeys, buffer, commandOf, commands, eventOf, events } from "./records.ts"

describe("a command", () => {
  it.each(Command.layouts.map((layout) => [layout.tag, layout] as const))(
    "%s is read as it was written",
    (_, layout) => {
      fc.assert(
        fc.property(commandOf(layout), requestKeys, fc.nat(100), (command, requestKey, at) => {
          const { view } = buffer()
          const end = Command.encode(view, at, command, requestKey)
          assert.deepStrictEqual(Command.decode(view, at), command)
          assert.deepStrictEqual(Command.decodeRequestKey(view, at), requestKey)
          assert.ok(Layout.lengthAt(view, at) <= Layout.recordBytesMax)
          if (requestKey === undefined) assert.strictEqual(end, at + Layout.lengthAt(view, at))
        })
      )
    }
  )

  it("has the same record with and without a request key, but for its flags", () => {
    fc.assert(
      fc.property(commands, requestKeys, (command, requestKey) => {
        const [bare, asked] = [buffer(), buffer()]
        const length = Command.encode(bare.view, 0, command)
        Command.encode(asked.view, 0, command, requestKey)
        asked.view.setUint8(1, 0)
        assert.deepStrictEqual(asked.bytes.subarray(0, length), bare.bytes.subarray(0, length))
      })
    )
  })
})

describe("an event", () => {
  it.each(Event.layouts.map((layout) => [layout.tag, layout] as const))(
    "%s is read as it was written",
    (_, layout) => {
      fc.assert(
        fc.property(eventOf(layout), fc.nat(100), (event, at) => {
          const { view } = buffer()
          const end = Event.encode(view, at, event)
          assert.strictEqual(end, at + Layout.lengthAt(view, at))
          assert.ok(end - at <= Layout.recordBytesMax)
          assert.deepStrictEqual(Event.decode(view, at), event)
        })
      )
    }
  )

  it("is read with all that stand beside it", () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 8 }), (written) => {
        const { view } = buffer(8 * Layout.recordBytesMax)
        let end = 0
        for (const event of written) end = Event.encode(view, end, event)
        assert.deepStrictEqual(Event.decodeAll(view, 0, end), written)
      })
    )
  })
})

/** Nothing, or `MalformedRecord`: never any other error. */
const malformedOrNothing = (read: () => unknown): void => {
  try {
    read()
  } catch (error) {
    if (!(error instanceof Layout.MalformedRecord)) throw error
  }
}

const readers: ReadonlyArray<readonly [string, (view: DataView, at: number) => unknown]> = [
  ["Command.decode", Command.decode],
  ["Command.decodeRequestKey", Command.decodeRequestKey],
  ["Event.decode", Event.decode],
  ["Event.decodeAll", (view, at) => Event.decodeAll(view, at, view.byteLength)]
]

describe("damaged bytes", () => {
  it("error: a command that is cut off anywhere is MalformedRecord", () => {
    fc.assert(
      fc.property(commands, (command) => {
        const { bytes, view } = buffer()
        const end = Command.encode(view, 0, command)
        for (let length = 0; length < end; length++) {
          assert.throws(
            () => Command.decode(new DataView(bytes.buffer, 0, length), 0),
            Layout.MalformedRecord
          )
        }
      }),
      { numRuns: 200 }
    )
  })

  it("error: a request key that is cut off anywhere is MalformedRecord", () => {
    fc.assert(
      fc.property(commands, requestKeys, (command, requestKey) => {
        const { bytes, view } = buffer()
        const end = Command.encode(view, 0, command, requestKey)
        const from = Layout.lengthAt(view, 0)
        for (let length = from; length < end; length++) {
          assert.throws(
            () => Command.decodeRequestKey(new DataView(bytes.buffer, 0, length), 0),
            Layout.MalformedRecord
          )
        }
      }),
      { numRuns: 200 }
    )
  })

  it("error: an event that is cut off anywhere is MalformedRecord", () => {
    fc.assert(
      fc.property(events, (event) => {
        const { bytes, view } = buffer()
        const end = Event.encode(view, 0, event)
        for (let length = 0; length < end; length++) {
          const cut = new DataView(bytes.buffer, 0, length)
          assert.throws(() => Event.decode(cut, 0), Layout.MalformedRecord)
          if (length > 0)
            assert.throws(() => Event.decodeAll(cut, 0, length), Layout.MalformedRecord)
        }
      }),
      { numRuns: 200 }
    )
  })

  it.each(readers)("error: %s of garbage gives a record or MalformedRecord", (_, read) => {
    const garbage = fc.uint8Array({ maxLength: 120 })
    const first = fc.tuple(
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 3 }),
      fc.nat(120),
      garbage
    )
    const likely = first.map(([code, flags, length, rest]) =>
      Uint8Array.from([code, flags, length, 0, ...rest])
    )
    fc.assert(
      fc.property(fc.oneof(garbage, likely), fc.nat(4), (bytes, at) => {
        malformedOrNothing(() =>
          read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at)
        )
      }),
      { numRuns: 5_000 }
    )
  })

  it("error: a record with one byte changed gives a record or MalformedRecord", () => {
    fc.assert(
      fc.property(
        commands,
        requestKeys,
        events,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (command, requestKey, event, where, change) => {
          for (const [write, reads] of [
            [
              (view: DataView) => Command.encode(view, 0, command, requestKey),
              [Command.decode, Command.decodeRequestKey]
            ],
            [(view: DataView) => Event.encode(view, 0, event), [Event.decode]]
          ] as const) {
            const { bytes, view } = buffer()
            const end = write(view)
            bytes[where % end]! ^= change
            for (const read of reads)
              malformedOrNothing(() => read(new DataView(bytes.buffer, 0, end), 0))
          }
        }
      ),
      { numRuns: 3_000 }
    )
  })

  it("what is read from a record that was changed is written to bytes that are read the same", () => {
    fc.assert(
      fc.property(events, fc.nat(), fc.integer({ min: 1, max: 255 }), (event, where, change) => {
        const { bytes, view } = buffer()
        const end = Event.encode(view, 0, event)
        bytes[where % end]! ^= change
        let read: Event.Event
        try {
          read = Event.decode(view, 0)
        } catch {
          return
        }
        const again = buffer()
        Event.encode(again.view, 0, read)
        assert.deepStrictEqual(Event.decode(again.view, 0), read)
      }),
      { numRuns: 3_000 }
    )
  })
})

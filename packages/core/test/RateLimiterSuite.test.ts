import { RateLimiter } from "../src/ports/RateLimiter.ts"
import { RateLimiterSuite } from "../testing/index.ts"

RateLimiterSuite.suite("memory", RateLimiter.layerMemory)

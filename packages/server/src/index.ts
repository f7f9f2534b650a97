/** The reference server as a library: start it with a configuration, or use its parts. */
export * as Config from "./Config.ts"
export * as Feed from "./feed/Feed.ts"
export * as History from "./History.ts"
export * as Authentication from "./Authentication.ts"
export * as Logging from "./Logging.ts"
export * as Server from "./Server.ts"

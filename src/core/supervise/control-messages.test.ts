import { describe, expect, it } from "vitest";
import { seconds } from "../base/instant.ts";
import { readControlRequest } from "./control-messages.ts";

describe("a request from outside", () => {
    const names = { service: "10.0.0.1:80", server: "10.0.0.2:80", isUndone: false };

    it("to drain a server is read with its time and without, and without what else is in it", () => {
        expect(readControlRequest({ type: "drain", request: { ...names, timeout: 2_000_000, more: 1 } })).toEqual({
            type: "drain",
            request: { ...names, timeout: seconds(2) },
        });
        expect(readControlRequest({ type: "drain", request: names })).toEqual({ type: "drain", request: names });
    });

    it.each([
        undefined,
        null,
        "drain",
        { ...names, service: 5 },
        { ...names, server: undefined },
        { ...names, isUndone: "no" },
        { ...names, timeout: -1 },
        { ...names, timeout: Number.NaN },
        { ...names, timeout: "10" },
    ])("to drain is none with %j", (request) => {
        expect(readControlRequest({ type: "drain", request })).toBeUndefined();
    });
});

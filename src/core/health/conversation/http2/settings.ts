import { viewOf } from "../../../base/bytes.ts";
import { type Result, success } from "../../../base/result.ts";
import { type Fault, faulty } from "./fault.ts";
import { encodeFrame, FRAME, LARGEST_PAYLOAD } from "./frame.ts";
import { MOST_WINDOW } from "./window.ts";

/*
 * RFC 9113 §6.5.1, as often as there are settings
 *
 * +-------------------------------+
 * |       Identifier (16)         |
 * +-------------------------------+-------------------------------+
 * |                        Value (32)                             |
 * +---------------------------------------------------------------+
 */

const SETTING = 6;

/** RFC 9113 §6.5.2. */
const IDENTIFIER = { ENABLE_PUSH: 0x2, INITIAL_WINDOW_SIZE: 0x4, MAX_FRAME_SIZE: 0x5, MAX_HEADER_LIST_SIZE: 0x6 } as const;

/** What a server's settings say that matters to one request; absent: unchanged. */
export interface ServerSettings {
    readonly initialWindow?: number;
    readonly largestPayload?: number;
}

/** What we tell a server: to push nothing, and how long a header may be. */
export function encodeOurSettings(longestHeader: number): Uint8Array {
    const payload = new Uint8Array(2 * SETTING);
    const view = viewOf(payload);
    view.setUint16(0, IDENTIFIER.ENABLE_PUSH);
    view.setUint32(2, 0);
    view.setUint16(SETTING, IDENTIFIER.MAX_HEADER_LIST_SIZE);
    view.setUint32(SETTING + 2, longestHeader);
    return encodeFrame({ type: FRAME.SETTINGS, flags: 0, stream: 0, payload });
}

/** The last of each kind counts; kinds that are unknown, or are no matter of ours, are ignored (RFC 9113 §6.5.2, §6.5.3). @param payload whole settings; what is less than one is passed over */
export function decodeSettings(payload: Uint8Array): Result<ServerSettings, Fault> {
    const view = viewOf(payload);
    let settings: ServerSettings = {};
    for (let at = 0; at + SETTING <= payload.length; at += SETTING) {
        const value = view.getUint32(at + 2);
        switch (view.getUint16(at)) {
            case IDENTIFIER.ENABLE_PUSH:
                if (value !== 0) {
                    return faulty("PROTOCOL_ERROR", `ENABLE_PUSH ${value} from a server`);
                }
                break;
            case IDENTIFIER.INITIAL_WINDOW_SIZE:
                if (value > MOST_WINDOW) {
                    return faulty("FLOW_CONTROL_ERROR", `INITIAL_WINDOW_SIZE ${value}`);
                }
                settings = { ...settings, initialWindow: value };
                break;
            case IDENTIFIER.MAX_FRAME_SIZE:
                if (value < LARGEST_PAYLOAD || value >= 0x100_0000) {
                    return faulty("PROTOCOL_ERROR", `MAX_FRAME_SIZE ${value}`);
                }
                settings = { ...settings, largestPayload: value };
                break;
        }
    }
    return success(settings);
}

const MAGIC_NANOSECONDS = 0xa1b23c4d;
const LINK_TYPE_ETHERNET = 1;

/** Frames as a capture file that tshark and tcpdump read, time stamps in nanoseconds. */
export function pcapFile(frames: readonly { readonly at: number; readonly bytes: Uint8Array }[]): Uint8Array {
    const file = new Uint8Array(24 + frames.reduce((length, frame) => length + 16 + frame.bytes.length, 0));
    const view = new DataView(file.buffer);
    view.setUint32(0, MAGIC_NANOSECONDS);
    view.setUint16(4, 2);
    view.setUint16(6, 4);
    view.setUint32(16, 65_535);
    view.setUint32(20, LINK_TYPE_ETHERNET);
    let offset = 24;
    for (const { at, bytes } of frames) {
        const nanoseconds = Math.round(at * 1e6);
        view.setUint32(offset, Math.floor(nanoseconds / 1e9));
        view.setUint32(offset + 4, nanoseconds % 1e9);
        view.setUint32(offset + 8, bytes.length);
        view.setUint32(offset + 12, bytes.length);
        file.set(bytes, offset + 16);
        offset += 16 + bytes.length;
    }
    return file;
}

import { setFlagsFromString } from "node:v8";

/**
 * Keeps the space for new objects as small as it is at the start: for a process that reads much, answers, and ends. Most of what it makes stays,
 * so a larger space would not spare any copying; its fresh pages would cost more time than collecting a small one often.
 */
export function keepYoungSpaceSmall(): void {
    setFlagsFromString("--semi-space-growth-factor=1");
}

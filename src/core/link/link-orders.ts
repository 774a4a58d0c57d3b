import type { IpAddress } from "../base/ip.ts";
import type { Mac } from "../base/mac.ts";
import type { VirtualLink } from "./virtual-link.ts";

/** What is to be done in the kernel so that virtual links stand as they are wanted. */
export type LinkOrder =
    /** Make it, down. */
    | {
          readonly type: "make";
          readonly link: VirtualLink;
          readonly baseIndex: number;
          readonly group: number;
          readonly masterIndex: number;
      }
    /** It is there, perhaps since before this process: set the kernel's parameters for it. */
    | { readonly type: "prepare"; readonly link: VirtualLink; readonly index: number }
    /** Set it up; it has been prepared. */
    | { readonly type: "raise"; readonly link: VirtualLink; readonly index: number }
    /** Put right what somebody changed, or what its base's is now. */
    | {
          readonly type: "change";
          readonly link: VirtualLink;
          readonly index: number;
          readonly group: number;
          readonly masterIndex: number;
          readonly mac?: Mac;
      }
    /** Let its base's state be told once more, which the kernel hands on to those that stand upon it. */
    | { readonly type: "renew"; readonly link: VirtualLink; readonly index: number; readonly group: number }
    | { readonly type: "remove"; readonly name: string; readonly index: number }
    /** The address that it sends from. */
    | { readonly type: "add-address"; readonly link: VirtualLink; readonly index: number; readonly address: IpAddress }
    | { readonly type: "remove-address"; readonly link: VirtualLink; readonly index: number; readonly address: IpAddress };

import { path, text } from "../arguments/words.ts";
import { block, keyword } from "../schema.ts";

/** `SSL { … }` */
export const ssl = block({
    documentation: "Certificates and keys of HTTPS checks.",
    keywords: {
        password: keyword(text("STRING", { isSecret: true }), { documentation: "Opens the private key.", status: "acts" }),
        ca: keyword(path("FILE"), { documentation: "Certificates of the authorities to trust.", status: "acts" }),
        certificate: keyword(path("FILE"), { documentation: "Our own certificate.", status: "acts" }),
        key: keyword(path("FILE"), { documentation: "Our own private key.", status: "acts" }),
    },
});

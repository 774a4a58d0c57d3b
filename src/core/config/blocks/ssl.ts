import { path, text } from "../arguments/words.ts";
import { block, keyword } from "../schema.ts";

/** `SSL { … }` */
export const ssl = block({
    documentation: "Certificates and keys of HTTPS checks.",
    keywords: {
        password: keyword(text("STRING"), { documentation: "Opens the private key." }),
        ca: keyword(path("FILE"), { documentation: "Certificates of the authorities to trust." }),
        certificate: keyword(path("FILE"), { documentation: "Our own certificate." }),
        key: keyword(path("FILE"), { documentation: "Our own private key." }),
    },
});

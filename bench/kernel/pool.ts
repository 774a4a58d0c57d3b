/** Configurations with many real servers, and what the kernel shows of them. */

const SERVERS_EACH = 10;

/** Which pool: how many servers, which of two disjoint sets of them, and the first one's weight. */
export interface Pool {
    readonly servers: number;
    readonly set: 0 | 1;
    readonly firstWeight: number;
}

/** Keepalived ends a process that has not left within five seconds, and what is in the table then stays there. */
const TIME_TO_LEAVE = "child_wait_time 60\n";

/** The addresses of a pool's virtual servers, and of the ten real servers of each. */
export function poolOf(servers: number, set: Pool["set"]): readonly { readonly service: string; readonly members: readonly string[] }[] {
    return Array.from({ length: servers / SERVERS_EACH }, (_, service) => {
        const where = `${service >> 8}.${service & 255}`;
        const members = Array.from({ length: SERVERS_EACH }, (_, member) => `10.${100 + 50 * set + member}.${where}`);
        return { service: `10.99.${where}`, members };
    });
}

/** Virtual servers without checks, behind address translation. */
export function poolConfiguration({ servers, set, firstWeight }: Pool): string {
    const services = poolOf(servers, set).map(({ service, members }, place) => {
        const texts = members.map((member, index) => {
            const weight = place === 0 && index === 0 ? firstWeight : 1;
            return `    real_server ${member} 80 {\n        weight ${weight}\n    }`;
        });
        return `virtual_server ${service} 80 {\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n${texts.join("\n")}\n}`;
    });
    return TIME_TO_LEAVE + services.join("\n");
}

/** The address of the last virtual server of so many real servers. */
export function lastService(servers: number): string {
    const service = servers / SERVERS_EACH - 1;
    return `10.99.${service >> 8}.${service & 255}`;
}

{
  "targets": [
    {
      "target_name": "holdfast",
      "sources": [
        "arguments.c",
        "batches.c",
        "constants.c",
        "epoll.c",
        "exec.c",
        "files.c",
        "module.c",
        "pacer.c",
        "pacing.c",
        "pollers.c",
        "privileges.c",
        "processes.c",
        "signals.c",
        "sockets.c",
        "spawn.c"
      ],
      "cflags": ["-O2", "-Wall", "-Wextra", "-fvisibility=hidden"],
      "defines": ["_GNU_SOURCE", "HOLDFAST_SOURCE_SHA256=\"<!(node -p \"require('node:child_process').execFileSync(process.execPath,['../scripts/build-native.mjs','--hash']).toString().trim()\")\""]
    }
  ]
}

// A Probot app with one handler that does nothing, on a free port; prints the port.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createNodeMiddleware, createProbot } from "probot";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "pkcs1", format: "pem" },
});
const probot = createProbot({
  overrides: { appId: 1, privateKey, secret: process.argv[2], logLevel: "fatal" },
});
const middleware = await createNodeMiddleware((app) => app.on("issues.labeled", async () => {}), {
  webhooksPath: "/github",
  probot,
});
const server = createServer(middleware);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));

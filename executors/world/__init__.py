"""The only room with hands: everything that touches files, network, clock or environment.

world      World.apply(operation) gives the operation that takes it back; World is the executors' Reader
files      build folders, without ever following a link
web_root   releases, stored whole and switched atomically
room       whether a web root here can take a release
tls        the certificate that a server shows
http       GET that cannot be talked into another network
dns        one zone of the domain name system (octoDNS, dnspython; imported when needed)
rdap       whether a domain is registered, asked of its registry
github     content of the product repository at one commit (PyGithub, imported when needed)
secrets    secret values, and what is hidden in everything printed
runs       the client of the bot's door `/runs`
job        what the job is told by its environment
folder     the job's own folders: work, state, bundle
console    what people see in the log
clock      time and chance
"""

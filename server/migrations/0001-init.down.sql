DROP TABLE sample;
DROP TABLE stream;
DROP TABLE document;
DROP TABLE source;
DROP TABLE host;
DROP TABLE session;
DROP TABLE setting;

@node "%~dp0scripts\mill.cjs" %*

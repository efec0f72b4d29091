@echo off
rem Plain ASCII, so that it reads the same in every code page. What it cannot say is in the instructions beside it.
setlocal
set "NoDefaultCurrentDirectoryInExePath=1"
pushd "%~dp0"
set "PY="
set "FITS=import sys; sys.exit(sys.version_info[:2] not in [{tuples}] or sys.maxsize < 2**32 or 'WindowsApps' in sys.base_prefix)"
for %%v in ({tags}) do if not defined PY py -%%v -I -c "%FITS%" >nul 2>nul && set "PY=py -%%v"
if not defined PY python -I -c "%FITS%" >nul 2>nul && set "PY=python"
if not defined PY goto nopython

echo Installing baiti-xl {version} with %PY% ...
%PY% -P -m pip install --no-index --find-links wheels --require-hashes --disable-pip-version-check --no-warn-script-location -r wheels\list.txt
if errorlevel 1 goto failed
%PY% -P -m baiti_xl excel install
if errorlevel 1 goto failed
%PY% -P -m baiti_xl excel doctor
echo.
echo Done.
goto end

:nopython
echo Python {first} to {last}, 64-bit, from python.org was not found. Install it first: see the instructions.
goto instructions

:failed
echo Not installed. The lines above say why; see the instructions.

:instructions
for %%f in (*.txt) do start "" notepad "%%f"

:end
popd
pause
